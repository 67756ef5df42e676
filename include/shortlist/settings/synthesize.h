// A made-up retailer, for demonstrations, tests and scaling measurements.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct SynthesizeSettings {
  std::int64_t users = 2000;
  std::int64_t items = 1000;
  std::int64_t events = 60000;
  std::int64_t days = 120;
  std::int64_t categories = 12;
  double repeat_share = 0.15;
  double consent_share = 0.95;
  double malformed_share = 0.001;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("users", users, "Shoppers.", Bounds{1, 1e9});
    visit("items", items, "Items, with Zipf-distributed popularity.", Bounds{2, 1e9});
    visit("events", events, "Events over all days.", Bounds{1, 1e11});
    visit("days", days, "Days of history.", Bounds{1, 1e5});
    visit("categories", categories, "Categories; each shopper has a few favorites, which drift.", Bounds{1, 1e6});
    visit("repeat_share", repeat_share, "Share of events that repeat an earlier purchase.", Bounds{0, 1});
    visit("consent_share", consent_share, "Share of shoppers who agree to training.", Bounds{0, 1});
    visit("malformed_share", malformed_share, "Share of rows that are damaged on purpose.", Bounds{0, 1});
  }
};

}  // namespace shortlist
