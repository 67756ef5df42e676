// How the server leaves.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

struct ShutdownSettings {
  std::int64_t lame_duck_seconds = 0;
  std::int64_t drain_seconds = 10;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("lame_duck_seconds", lame_duck_seconds,
          "Time after SIGTERM in which calls are still taken while health is NOT_SERVING, so that load balancers stop "
          "sending before the door closes.",
          Bounds{0, 3600});
    visit("drain_seconds", drain_seconds, "Time that calls under way get afterwards, before they are cancelled.",
          Bounds{0, 3600});
  }
};

}  // namespace shortlist
