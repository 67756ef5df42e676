// The record of what was shown to whom, and why.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

struct DecisionSettings {
  double fraction = 0;
  std::int64_t retention_days = 90;
  std::int64_t max_waiting = 10000;
  std::int64_t segment_mib = 16;
  std::int64_t rotate_seconds = 3600;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("fraction", fraction,
          "Share of the answers to Recommend that are written down below serve.events.directory, chosen by their "
          "request ids: 0 for none, 1 for all.",
          Bounds{0, 1});
    visit("retention_days", retention_days, "Days after which decisions are removed.", Bounds{1, 36500});
    visit("max_waiting", max_waiting,
          "Most decisions that wait to be written; those beyond are dropped and counted, so that no answer waits for "
          "the disk.",
          Bounds{1, 10000000});
    visit("segment_mib", segment_mib, "Size at which decisions that were written down become a Parquet file.",
          Bounds{1, 4096});
    visit("rotate_seconds", rotate_seconds, "Age at which they do, whatever their size.", Bounds{1, 604800});
  }
};

}  // namespace shortlist
