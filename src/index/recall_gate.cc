#include "index/recall_gate.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "shortlist/error.h"

namespace shortlist::index {
namespace {

std::string Now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace

std::optional<std::string> ShortOfTarget(const BundleManifest& manifest) {
  const Recall& recall = manifest.items.recall;
  const double target = manifest.settings.index.target_recall;
  if (recall.value >= target) return std::nullopt;
  return fmt::format("the index of items has recall@{} {:.4f} [{:.4f}, {:.4f}], less than index.target_recall, {}",
                     recall.k, recall.value, recall.low, recall.high, target);
}

std::optional<std::string> WorseThan(const BundleManifest& served, const BundleManifest& manifest) {
  const Recall& before = served.items.recall;
  const Recall& now = manifest.items.recall;
  const double margin = manifest.settings.index.recall_margin;
  if (before.k != now.k || now.value >= before.value - margin) return std::nullopt;
  return fmt::format(
      "the index of items has recall@{} {:.4f}, more than index.recall_margin, {}, less than the {:.4f} of "
      "version {}",
      now.k, now.value, margin, before.value, served.version);
}

void Pass(RecallGate gate, const std::string& stage, const std::vector<std::optional<std::string>>& reasons,
          BundleManifest& manifest) {
  for (const std::optional<std::string>& reason : reasons) {
    if (!reason) continue;
    if (gate == RecallGate::kEnforce) {
      throw Error(Code::kFailedPrecondition,
                  *reason + "; index again with index.items.kind auto or a deeper search, or pass --force");
    }
    manifest.forced.push_back({stage, Now(), *reason});
  }
}

}  // namespace shortlist::index
