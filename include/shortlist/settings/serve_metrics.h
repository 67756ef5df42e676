// What the server tells those who watch it.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

// Live queries that are answered once more, exactly.
struct CanarySettings {
  double fraction = 0;
  std::int64_t most_waiting = 64;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit(
        "fraction", fraction,
        "Share of searches that are answered again by a scan of all vectors, in the background, to measure the recall "
        "that shoppers get; 0 for none.",
        Bounds{0, 1});
    visit("most_waiting", most_waiting, "Queries that may wait for it; further ones are left out.", Bounds{1, 1e6});
  }
};

struct MetricsSettings {
  std::string address;
  CanarySettings canary;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit(
        "address", address,
        "Host and port of GET /metrics, for Prometheus, in plain HTTP; port 0 takes a free one and logs it. Empty for "
        "no metrics.");
    visit("canary", canary, "The recall of live queries.");
  }
};

struct AccessLogSettings {
  double fraction = 0;
  std::string pseudonym_key;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("fraction", fraction, "Share of calls that are logged.", Bounds{0, 1});
    visit("pseudonym_key", pseudonym_key,
          "File with a secret. Shoppers appear in logs by HMAC-SHA256 of their ids under it; empty for a key that is "
          "drawn at the start and forgotten at the end.");
  }
};

}  // namespace shortlist
