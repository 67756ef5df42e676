// All that is held of one shopper, for that shopper to read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profile/decision.h"
#include "profile/event_lake.h"
#include "profile/profile.h"

namespace shortlist::profile {

struct ShopperData {
  std::string name;                      // that the shopper has on disk (KeyedIds)
  std::optional<Profile> profile;        // what answers rest on
  LakeEntries entries;                   // what models may be trained on
  std::vector<Decision> decisions = {};  // the oldest first
};

// A JSON object, the fields of docs/formats.md.
std::string ToJson(const ShopperData& data);

}  // namespace shortlist::profile
