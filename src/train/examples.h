// Training examples: which events are predicted, and from which history.
#pragma once

#include <cstdint>
#include <vector>

#include "features/history_encoder.h"
#include "shortlist/settings/train.h"
#include "train/event_log.h"

namespace shortlist::train {

// An event of the log that is to be predicted from the shopper's history.
struct Example {
  std::int64_t event = 0;
  std::int32_t user = 0;
};

// Every event that has a history under the rule, in the order of the log.
std::vector<Example> ListExamples(const EventLog& log, HistoryRule rule);

// Finds the histories of examples. Reuses its memory: a history lives until the next call.
class HistoryReader {
 public:
  HistoryReader(const EventLog& log, HistoryRule rule) : log_(&log), rule_(rule) {}

  features::HistoryView Of(const Example& example);

 private:
  features::HistoryView AllBut(std::int64_t event, std::int64_t begin, std::int64_t end);

  const EventLog* log_;
  HistoryRule rule_;
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
};

}  // namespace shortlist::train
