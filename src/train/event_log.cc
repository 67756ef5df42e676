#include "train/event_log.h"

#include <algorithm>

namespace shortlist::train {
namespace {

struct Origin {
  std::uint8_t part = 0;
  std::int64_t row = 0;
};

std::vector<Origin> EventsOf(const std::vector<const data::Interactions*>& parts, std::size_t user) {
  std::vector<Origin> origins;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (std::int64_t row = parts[p]->offsets[user]; row < parts[p]->offsets[user + 1]; ++row) {
      origins.push_back({static_cast<std::uint8_t>(p), row});
    }
  }
  std::ranges::stable_sort(origins, {}, [&](const Origin& origin) {
    return parts[origin.part]->times[static_cast<std::size_t>(origin.row)];
  });
  return origins;
}

// Arrays that grow would hold up to three times the events while they do.
void Reserve(const std::vector<const data::Interactions*>& parts, EventLog& log) {
  std::size_t events = 0;
  for (const data::Interactions* part : parts) events += part->items.size();
  log.offsets.reserve(parts.front()->offsets.size());
  log.items.reserve(events);
  log.times.reserve(events);
  log.weights.reserve(events);
  log.origin_parts.reserve(events);
  log.origin_rows.reserve(events);
}

std::int64_t DenseWidth(const data::Interactions& part) {
  return part.events() == 0 ? 0 : static_cast<std::int64_t>(part.context_dense.size()) / part.events();
}

}  // namespace

EventLog MakeEventLog(const std::vector<const data::Interactions*>& parts) {
  EventLog log;
  log.parts = parts;
  Reserve(parts, log);
  log.offsets.push_back(0);
  for (std::size_t user = 0; user < static_cast<std::size_t>(parts.front()->users()); ++user) {
    for (const Origin& origin : EventsOf(parts, user)) {
      const data::Interactions& part = *parts[origin.part];
      const auto row = static_cast<std::size_t>(origin.row);
      log.items.push_back(part.items[row]);
      log.times.push_back(part.times[row]);
      log.weights.push_back(part.weights[row]);
      log.origin_parts.push_back(origin.part);
      log.origin_rows.push_back(origin.row);
    }
    log.offsets.push_back(log.events());
  }
  return log;
}

void AppendContext(const data::Interactions& part, std::int64_t row, base::EncodedFeatures& out) {
  out.categorical.resize(part.context.size());
  for (std::size_t f = 0; f < part.context.size(); ++f) {
    out.categorical[f].Append(part.context[f][static_cast<std::size_t>(row)], 1.0F);
    out.categorical[f].EndRow();
  }
  out.dense_width = DenseWidth(part);
  const auto first = part.context_dense.begin() + row * out.dense_width;
  out.dense.insert(out.dense.end(), first, first + out.dense_width);
  ++out.rows;
}

void AppendUnknownContext(std::size_t features, std::int64_t dense_width, base::EncodedFeatures& out) {
  out.categorical.resize(features);
  for (base::Bags& bags : out.categorical) bags.EndRow();
  out.dense_width = dense_width;
  out.dense.resize(out.dense.size() + static_cast<std::size_t>(dense_width), 0.0F);
  ++out.rows;
}

}  // namespace shortlist::train
