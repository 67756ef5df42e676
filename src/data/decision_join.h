// Decisions and what became of them: a row for each item that was shown, with what its shopper did with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shortlist::data {

// What an outcome is worth. Of several outcomes of one item the best counts.
struct Rewards {
  double click = 1;
  double add_to_cart = 2;
  double purchase = 4;
};

enum class JoinConsent {
  kIgnored,
  kRequired,  // decisions of shoppers whose last consent is without training are left out
};

struct JoinPlan {
  std::vector<std::filesystem::path> lakes;  // folders with decisions/, events/ and consents/
  std::filesystem::path out;                 // directory; one of that name is replaced
  JoinConsent consent = JoinConsent::kIgnored;
  std::int64_t window_seconds = 0;  // after an answer, in which an event may be its outcome
  Rewards rewards;
  std::size_t memory_bytes = std::size_t{256} << 20;  // for sorting, about
};

// Outcomes of some of the items that were shown.
struct Tally {
  std::string name;
  std::int64_t shown = 0;
  std::int64_t clicked = 0;
  std::int64_t carted = 0;
  std::int64_t bought = 0;
  double reward = 0;

  double click_rate() const { return shown == 0 ? 0 : static_cast<double>(clicked) / static_cast<double>(shown); }
};

struct JoinReport {
  std::int64_t decisions = 0;   // that were joined
  std::int64_t denied = 0;      // left out for want of consent
  std::int64_t events = 0;      // clicks, additions to the cart and purchases
  std::int64_t attributed = 0;  // of these, outcomes of an item that was shown
  Tally total;
  std::vector<Tally> by_position;  // the first one for position 1
  std::vector<Tally> by_version;   // by policy and version of the bundle, as "stable 20261126T022016Z-1a2b3c4d"
  std::vector<Tally> by_reason;    // of the item
};

// An event is an outcome of the last answer that showed its item: of the one whose request id it names, if it names
// one, and else of those to its shopper; not earlier than the answer and at most window_seconds later. An event that
// names its answer may be five minutes earlier, because clocks differ. Memory is bounded by memory_bytes and by a few
// files of the lake, whatever the number of decisions; shoppers who agreed are held, too, where consent is required.
//
// Throws Error{kNotFound} if there is no decision, and what the files throw. `out` is a directory of Parquet files, or
// as it was before.
JoinReport JoinDecisions(const JoinPlan& plan);

}  // namespace shortlist::data
