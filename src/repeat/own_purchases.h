// What a shopper's own purchases say about buying an item again: how often, how recently and in what rhythm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "features/history_encoder.h"

namespace shortlist::repeat {

// The distinct items of a history, and the values of each.
struct OwnItems {
  std::vector<std::int32_t> items;  // rising
  std::vector<float> values;        // [items, OwnPurchases::width()]
};

// Stateless but for the half lives; thread-safe.
class OwnPurchases {
 public:
  explicit OwnPurchases(std::vector<double> half_lives_days);

  // Of the values, in their order.
  std::vector<std::string> Names() const;
  std::int64_t width() const;

  // `history` is in time order with times in Unix seconds, the whole of it; items equal to kUnknownItem are skipped.
  // With f_h the sum over an item's events of 2^(-age / half life h), n its events, and the ages of the last of them
  // and of the first in days, its values are
  //   1; log(1 + 10 f_h) for each half life; log n; log(1 + last);
  //   1 if n > 1; the log of last / mean interval, within [1/50, 50], and its square (0 if n = 1; an interval is at
  //   least a day); the log of the number of distinct items.
  OwnItems Describe(features::HistoryView history, std::int64_t now) const;

 private:
  std::vector<double> half_lives_days_;
};

}  // namespace shortlist::repeat
