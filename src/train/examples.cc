#include "train/examples.h"

#include <algorithm>

namespace shortlist::train {
namespace {

features::HistoryView Range(const EventLog& log, std::int64_t begin, std::int64_t end) {
  const auto first = static_cast<std::size_t>(begin);
  const auto count = static_cast<std::size_t>(end - begin);
  return {std::span(log.items).subspan(first, count), std::span(log.times).subspan(first, count)};
}

// End of the shopper's events that are earlier than `event`.
std::int64_t EarlierEnd(const EventLog& log, std::int64_t begin, std::int64_t event) {
  const auto first = log.times.begin() + begin;
  const auto last = log.times.begin() + event;
  return begin + (std::lower_bound(first, last, log.times[static_cast<std::size_t>(event)]) - first);
}

std::int64_t HistoryLength(const EventLog& log, HistoryRule rule, std::int64_t begin, std::int64_t end,
                           std::int64_t event) {
  switch (rule) {
    case HistoryRule::kPrefix:
      return event - begin;
    case HistoryRule::kEarlier:
      return EarlierEnd(log, begin, event) - begin;
    case HistoryRule::kOthers:
      break;
  }
  return end - begin - 1;
}

}  // namespace

std::vector<Example> ListExamples(const EventLog& log, HistoryRule rule) {
  std::vector<Example> examples;
  examples.reserve(static_cast<std::size_t>(log.events()));
  for (std::int64_t user = 0; user < log.users(); ++user) {
    const std::int64_t begin = log.offsets[static_cast<std::size_t>(user)];
    const std::int64_t end = log.offsets[static_cast<std::size_t>(user) + 1];
    for (std::int64_t event = begin; event < end; ++event) {
      if (HistoryLength(log, rule, begin, end, event) == 0) continue;
      examples.push_back({event, static_cast<std::int32_t>(user)});
    }
  }
  return examples;
}

features::HistoryView HistoryReader::Of(const Example& example) {
  const std::int64_t begin = log_->offsets[static_cast<std::size_t>(example.user)];
  const std::int64_t end = log_->offsets[static_cast<std::size_t>(example.user) + 1];
  if (rule_ == HistoryRule::kOthers) return AllBut(example.event, begin, end);
  return Range(*log_, begin, begin + HistoryLength(*log_, rule_, begin, end, example.event));
}

features::HistoryView HistoryReader::AllBut(std::int64_t event, std::int64_t begin, std::int64_t end) {
  const auto without = [&](const auto& source, auto& target) {
    target.assign(source.begin() + begin, source.begin() + event);
    target.insert(target.end(), source.begin() + event + 1, source.begin() + end);
  };
  without(log_->items, items_);
  without(log_->times, times_);
  return {items_, times_};
}

}  // namespace shortlist::train
