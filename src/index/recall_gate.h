// What a bundle must hold up to before it is written or published.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "index/bundle_manifest.h"

namespace shortlist::index {

enum class RecallGate { kEnforce, kForce };

// Why the index of items falls short of index.target_recall, if it does.
std::optional<std::string> ShortOfTarget(const BundleManifest& manifest);

// Why a bundle is worse than the one that is served, if it is by more than its own index.recall_margin. Recalls at
// different k cannot be compared and do not count.
std::optional<std::string> WorseThan(const BundleManifest& served, const BundleManifest& manifest);

// Records each of the reasons in the manifest as passed over at this stage ("index", "publish"); enforced, throws
// Error{kFailedPrecondition} with the first instead.
void Pass(RecallGate gate, const std::string& stage, const std::vector<std::optional<std::string>>& reasons,
          BundleManifest& manifest);

}  // namespace shortlist::index
