#include "data/split.h"

#include <algorithm>
#include <ctime>
#include <sstream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "features/stable_hash.h"
#include "features/value.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

constexpr std::int64_t kLeastEventsToLeaveOut = 3;
constexpr std::int64_t kLeastEventsToValidate = 10;

// Place of an event among the kept events of its user.
class PlaceOfUser {
 public:
  std::int64_t Next(std::uint32_t user) {
    place_ = static_cast<std::int64_t>(user) == user_ ? place_ + 1 : 0;
    user_ = user;
    return place_;
  }

 private:
  std::int64_t user_ = -1;
  std::int64_t place_ = 0;
};

class LeaveOneOut : public Split {
 public:
  explicit LeaveOneOut(const UserCounts& counts) : counts_(counts) {}

  Part Assign(const EventHeader& event) override {
    const std::int64_t events = counts_.events[event.user];
    const std::int64_t left = events - 1 - place_.Next(event.user);
    if (events < kLeastEventsToLeaveOut || left > 1) return Part::kTrain;
    return left == 0 ? Part::kTest : Part::kValidation;
  }

 private:
  const UserCounts& counts_;
  PlaceOfUser place_;
};

class ByTime : public Split {
 public:
  explicit ByTime(SplitDates dates) : dates_(dates) {}

  Part Assign(const EventHeader& event) override {
    if (event.time >= dates_.test) return Part::kTest;
    return event.time >= dates_.validation ? Part::kValidation : Part::kTrain;
  }

 private:
  SplitDates dates_;
};

// Selection sampling (Knuth, volume 2, algorithm 3.4.2 S) with draws that depend only on seed, user and place.
class ByFiles : public Split {
 public:
  ByFiles(double fraction, std::uint64_t seed, const UserCounts& counts)
      : fraction_(fraction), seed_(seed), counts_(counts) {}

  Part Assign(const EventHeader& event) override {
    if (event.origin == Origin::kTestFiles) return Part::kTest;
    const std::int64_t place = place_.Next(event.user);
    const std::int64_t events = counts_.training_events[event.user];
    if (place == 0) wanted_ = Wanted(events);
    const bool take = Draw(event.user, place) * static_cast<double>(events - place) < static_cast<double>(wanted_);
    if (take) --wanted_;
    return take ? Part::kValidation : Part::kTrain;
  }

 private:
  std::int64_t Wanted(std::int64_t events) const {
    const auto share = static_cast<std::int64_t>(fraction_ * static_cast<double>(events));
    const std::int64_t least = fraction_ > 0 && events >= kLeastEventsToValidate ? 1 : 0;
    return std::max(share, least);
  }

  double Draw(std::uint32_t user, std::int64_t place) const {
    const std::uint64_t stream = features::Mix64(features::Mix64(seed_ + 1) + user);
    return static_cast<double>(features::Mix64(stream + static_cast<std::uint64_t>(place)) >> 11) * 0x1p-53;
  }

  double fraction_;
  std::uint64_t seed_;
  const UserCounts& counts_;
  PlaceOfUser place_;
  std::int64_t wanted_ = 0;
};

// Days by themselves, or the seconds that DateSplit writes.
std::int64_t ParseDate(const std::string& field, const std::string& text) {
  const auto time = features::ParseTime(text);
  const bool is_second = text.size() == 20 && text.back() == 'Z';
  if ((text.size() == 10 || is_second) && time) return *time;
  throw Error(Code::kInvalidArgument, "data.split." + field + ": '" + text + "' is not a day written as YYYY-MM-DD");
}

std::string SecondText(std::int64_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time)));
}

}  // namespace

SplitDates ParseSplitDates(const SplitSettings& settings) {
  const SplitDates dates{ParseDate("validation_start", settings.validation_start),
                         ParseDate("test_start", settings.test_start)};
  if (dates.validation > dates.test) {
    throw Error(Code::kInvalidArgument, "data.split: validation_start " + settings.validation_start +
                                            " lies after test_start " + settings.test_start);
  }
  return dates;
}

bool FollowsNewest(const SplitSettings& settings) {
  return settings.rule == SplitRule::kTime && settings.test_days > 0;
}

SplitSettings DateSplit(SplitSettings settings, std::int64_t newest) {
  if (!FollowsNewest(settings)) return settings;
  constexpr std::int64_t kDay = 86400;
  const std::int64_t test = newest + 1 - settings.test_days * kDay;
  settings.test_start = SecondText(test);
  settings.validation_start = SecondText(test - settings.validation_days * kDay);
  settings.test_days = 0;
  settings.validation_days = 0;
  return settings;
}

void CheckSplit(const SplitSettings& settings, bool has_times) {
  if (settings.rule == SplitRule::kTime) {
    if (!has_times) {
      throw Error(Code::kInvalidArgument,
                  "data.split.rule: `time` needs data.events.columns.time; set it, or use "
                  "`leave_one_out`");
    }
    if (!FollowsNewest(settings)) ParseSplitDates(settings);
  }
  if ((settings.rule == SplitRule::kFiles) == settings.test_paths.empty()) {
    throw Error(Code::kInvalidArgument, settings.test_paths.empty()
                                            ? "data.split.test_paths: the rule `files` needs at least one test file"
                                            : "data.split.test_paths: only the rule `files` has test files");
  }
}

std::unique_ptr<Split> MakeSplit(const SplitSettings& settings, std::uint64_t seed, const UserCounts& counts) {
  switch (settings.rule) {
    case SplitRule::kLeaveOneOut:
      return std::make_unique<LeaveOneOut>(counts);
    case SplitRule::kTime:
      return std::make_unique<ByTime>(ParseSplitDates(settings));
    case SplitRule::kFiles:
      return std::make_unique<ByFiles>(settings.validation_fraction, seed, counts);
  }
  throw Error(Code::kInternal, "split rule without an implementation");
}

std::string DescribeSplit(const SplitSettings& settings, std::uint64_t seed) {
  std::ostringstream text;
  switch (settings.rule) {
    case SplitRule::kLeaveOneOut:
      text << "Leave one out: a shopper's last event is test and the one before it validation; shoppers with fewer "
              "than "
           << kLeastEventsToLeaveOut << " events are training alone.";
      break;
    case SplitRule::kTime:
      text << "By time: events before " << settings.validation_start << " are training, from then validation, from "
           << settings.test_start << " test (UTC).";
      break;
    case SplitRule::kFiles:
      text << "By files: test events come from the test files; of each shopper's other events a share of "
           << settings.validation_fraction << " (at least one of " << kLeastEventsToValidate << "), drawn with seed "
           << seed << ", is validation and the rest training.";
      break;
  }
  if (settings.new_user_share > 0) {
    text << " All events of a share of " << settings.new_user_share
         << " of the shoppers, by a hash of the id, are test.";
  }
  if (settings.new_item_share > 0) {
    text << " Events of a share of " << settings.new_item_share
         << " of the items, by a hash of the id, are left out of training and validation.";
  }
  return text.str();
}

}  // namespace shortlist::data
