// Which versions of the model are served.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class VersionPolicy { kLatest, kPinned, kLabels };
template <>
struct EnumNames<VersionPolicy> {
  static constexpr std::array<std::string_view, 3> kNames = {"latest", "pinned", "labels"};
};

struct VersionSettings {
  VersionPolicy policy = VersionPolicy::kLatest;
  std::string stable;
  std::string canary;
  double canary_percent = 0;
  double poll_seconds = 5;
  std::int64_t memory_mib = 0;
  std::string state;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("policy", policy,
          "Of the versions in the model directory, serve the newest that is sound (`latest`), the one named `stable` "
          "(`pinned`), or `stable` to most shoppers and `canary` to some (`labels`).");
    visit("stable", stable, "Name of a version, for the policies `pinned` and `labels`.");
    visit("canary", canary, "Name of a version, for the policy `labels`; empty for the newest.");
    visit("canary_percent", canary_percent,
          "Share of shoppers that the canary serves. A shopper is always on the same side, whichever server answers.",
          Bounds{0, 100});
    visit("poll_seconds", poll_seconds, "How often the model directory is looked at.", Bounds{0.01, 86400});
    visit("memory_mib", memory_mib,
          "Memory that the process may use while it loads a version beside the one it serves; 0 for what the container "
          "or the machine has.",
          Bounds{0, 1e9});
    visit("state", state,
          "File that keeps what `shortlist versions` activated or rolled back to, for the next start; of this server "
          "alone, in a folder that it may write to. It counts until policy, stable, canary or canary_percent say "
          "something else. Empty: forgotten at a restart.");
  }
};

}  // namespace shortlist
