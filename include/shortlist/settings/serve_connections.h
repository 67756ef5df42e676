// How long connections to the server live.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

struct ConnectionSettings {
  std::int64_t keepalive_seconds = 60;
  std::int64_t keepalive_timeout_seconds = 20;
  std::int64_t least_ping_seconds = 10;
  std::int64_t max_idle_seconds = 0;
  std::int64_t max_age_seconds = 0;
  std::int64_t max_age_grace_seconds = 30;
  std::int64_t max_calls = 1024;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("keepalive_seconds", keepalive_seconds, "A connection that was silent for so long is pinged; 0 for never.",
          Bounds{0, 86400});
    visit("keepalive_timeout_seconds", keepalive_timeout_seconds,
          "A connection whose peer does not answer a ping for so long is closed.", Bounds{1, 3600});
    visit("least_ping_seconds", least_ping_seconds,
          "Clients that ping more often than this are told to calm down and lose their connection.", Bounds{0, 3600});
    visit("max_idle_seconds", max_idle_seconds, "A connection without a call for so long is closed; 0 for never.",
          Bounds{0, 86400});
    visit("max_age_seconds", max_age_seconds,
          "A connection of this age, give or take a tenth, is closed once its calls have ended, so that clients spread "
          "over new servers; 0 for never.",
          Bounds{0, 86400});
    visit("max_age_grace_seconds", max_age_grace_seconds, "Time that the calls of such a connection get.",
          Bounds{0, 3600});
    visit("max_calls", max_calls, "Most calls under way on one connection; further ones wait in the client.",
          Bounds{1, 1e6});
  }
};

}  // namespace shortlist
