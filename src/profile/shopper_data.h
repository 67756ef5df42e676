// All that is held of one shopper, for that shopper to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profile/decision.h"
#include "profile/event_lake.h"
#include "profile/profile.h"

namespace shortlist::profile {

struct ModelEvent {
  std::string item;
  std::optional<std::int64_t> time;  // Unix seconds, where the model was made from events with times
};

// What a version of the model that serves was made with.
struct ModelData {
  std::string version;                   // of the bundle
  std::string policy;                    // the side of the traffic that it answers: stable or canary
  std::string user;                      // by which it knows the shopper
  std::vector<ModelEvent> history = {};  // the oldest first
  std::vector<float> vector = {};        // in the index of shoppers
};

struct ShopperData {
  std::string name;                      // that the shopper has on disk (KeyedIds)
  std::optional<Profile> profile;        // what answers rest on
  LakeEntries entries;                   // what models may be trained on
  std::vector<Decision> decisions = {};  // the oldest first
  std::vector<ModelData> models = {};
};

// A JSON object, the fields of docs/formats.md.
std::string ToJson(const ShopperData& data);

}  // namespace shortlist::profile
