// What a shopper was shown, and why: one answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::profile {

struct ShownItem {
  std::string item;
  float score = 0;
  std::string reason;                 // "similar", "popular", ...
  std::optional<double> probability;  // with which it was to be shown in this place; none: nothing was drawn

  friend bool operator==(const ShownItem&, const ShownItem&) = default;
};

struct Decision {
  std::string request;              // id of the request
  std::string user;                 // name of the shopper (KeyedIds); empty for a visitor without an id
  std::int64_t time = 0;            // Unix seconds
  std::string bundle;               // version of the model
  std::string policy;               // which side of the traffic answered: "stable" or "canary"
  std::string reason;               // what the answer rests on: "history", ...
  std::int64_t wanted = 0;          // items that were asked for
  std::int64_t history_events = 0;  // that the answer rests on
  std::string context;              // of the request, as a JSON object
  std::vector<ShownItem> items;     // the first one in position 1

  friend bool operator==(const Decision&, const Decision&) = default;
};

std::string ToBytes(const Decision& decision);
// Throws Error{kDataLoss} for bytes that ToBytes did not make.
Decision DecisionFrom(std::string_view bytes);

}  // namespace shortlist::profile
