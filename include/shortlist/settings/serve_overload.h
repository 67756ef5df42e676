// What the server does when more is asked of it than it can answer.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

// A token bucket per client.
struct QuotaSettings {
  double calls_per_second = 0;
  double burst = 100;
  std::int64_t clients = 4096;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("calls_per_second", calls_per_second,
          "Calls per second that one client may make in the long run; 0 for any number. A batch counts as one call.",
          Bounds{0, 1e9});
    visit("burst", burst, "Calls that a client which was silent may make at once.", Bounds{1, 1e9});
    visit("clients", clients, "Clients that are told apart; of more, those that were silent longest are forgotten.",
          Bounds{1, 1e7});
  }
};

struct OverloadSettings {
  std::int64_t max_in_flight = 4096;
  std::int64_t max_waiting = 512;
  double max_wait_milliseconds = 200;
  std::int64_t retry_after_milliseconds = 100;
  QuotaSettings quota;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("max_in_flight", max_in_flight,
          "Most calls between their arrival and the last byte of their answer; further ones are refused.",
          Bounds{1, 1e6});
    visit("max_waiting", max_waiting, "Most calls that wait for a thread; further ones are refused.", Bounds{1, 1e6});
    visit("max_wait_milliseconds", max_wait_milliseconds,
          "A call that has waited longer than this for a thread is refused instead of answered late.",
          Bounds{1, 60000});
    visit(
        "retry_after_milliseconds", retry_after_milliseconds,
        "How long a refused client is told to wait before it tries again (grpc-retry-pushback-ms), give or take half.",
        Bounds{0, 60000});
    visit("quota", quota, "What one client may ask for.");
  }
};

}  // namespace shortlist
