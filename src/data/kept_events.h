// The events of the dataset, in its order: what de-duplication and the k-core left, numbered and split.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "data/core.h"
#include "data/dataset.h"
#include "data/event.h"
#include "data/held_back.h"
#include "data/split.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

struct KeptEvent {
  std::int64_t user = 0;  // as in the dataset
  std::int32_t item = 0;
  std::int64_t time = 0;  // Unix seconds, or the place among the user's events without times
  float weight = 1;
  Part part = Part::kTrain;
  const std::byte* record = nullptr;  // for its slots
};

class KeptEvents {
 public:
  static constexpr std::int32_t kDropped = -1;

  // `records` is sorted by user and time. All references must outlive the object.
  KeptEvents(std::filesystem::path records, const EventSchema& schema, const Core& core, const SplitSettings& split,
             std::uint64_t seed, bool has_times, HeldBack held = {});

  // Streams all of them; every call gives the same events. Those of shoppers that are held back are test, and those of
  // items that are held back are dropped outside of test.
  void ForEach(const std::function<void(const KeptEvent&)>& visit) const;

  // Old numbers of the dataset's users and items, by their new ones: the order of first appearance in the input.
  const std::vector<std::uint32_t>& users() const { return users_; }
  const std::vector<std::uint32_t>& items() const { return items_; }
  // New number of an item by its old one, or kDropped.
  std::int32_t NewItem(std::uint32_t old_item) const { return new_items_[old_item]; }

 private:
  void CountTrainingEvents();

  std::filesystem::path records_;
  const EventSchema& schema_;
  const Core& core_;
  const SplitSettings& split_;
  std::uint64_t seed_;
  bool has_times_;
  HeldBack held_;
  UserCounts counts_;
  std::vector<std::uint32_t> users_;
  std::vector<std::uint32_t> items_;
  std::vector<std::int32_t> new_users_;
  std::vector<std::int32_t> new_items_;
};

}  // namespace shortlist::data
