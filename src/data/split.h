// Which part an event belongs to. Events come in the order of the dataset.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/event.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// What the rules need to know of each user before the first event comes.
struct UserCounts {
  std::vector<std::int64_t> events;           // kept, of all files
  std::vector<std::int64_t> training_events;  // kept, not from the test files
};

// Stateful: give every kept event once, by user, then by time.
class Split {
 public:
  virtual ~Split() = default;
  virtual Part Assign(const EventHeader& event) = 0;
};

// Throws Error{kInvalidArgument} for settings that do not fit the rule. `counts` must outlive the split.
std::unique_ptr<Split> MakeSplit(const SplitSettings& settings, std::uint64_t seed, const UserCounts& counts);

// As MakeSplit checks, before any work.
void CheckSplit(const SplitSettings& settings, bool has_times);

// The rule as a sentence for reports.
std::string DescribeSplit(const SplitSettings& settings, std::uint64_t seed);

// First second of validation and of test under a time split.
struct SplitDates {
  std::int64_t validation = 0;
  std::int64_t test = 0;
};
// Of settings with dates.
SplitDates ParseSplitDates(const SplitSettings& settings);

// Whether the parts are counted back from the newest event.
bool FollowsNewest(const SplitSettings& settings);
// The same split with the dates that it has when `newest` is the time of the newest event; any other as it is.
SplitSettings DateSplit(SplitSettings settings, std::int64_t newest);

}  // namespace shortlist::data
