// Bundles into a directory of versions, whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "index/recall_gate.h"

namespace shortlist::index {

// Copies a bundle into the folder of its version's name below `models`, which is made if it is missing. Bundle and copy
// are verified; a reader of `models` sees nothing of the copy before it is whole and on disk. Removes what killed
// publications and removals left there. Copies nothing if the version is there already. `served` is the bundle that the
// new one must not be worse than, if there is one; a copy that was forced says so in its manifest. Returns the version.
// Throws Error{kNotFound} if there is no bundle, Error{kDataLoss} naming a file that is damaged, Error{kAlreadyExists}
// if something else has the version's name, Error{kUnavailable} if the disk is full, and Error{kFailedPrecondition} if
// an enforced gate refuses the bundle.
std::string PublishBundle(const std::filesystem::path& bundle, const std::filesystem::path& models,
                          const std::optional<std::filesystem::path>& served = std::nullopt,
                          RecallGate gate = RecallGate::kEnforce);

}  // namespace shortlist::index
