// The context features of events: fitted on training events, then encoded for all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/query_batch.h"
#include "data/event.h"
#include "data/kept_events.h"
#include "features/feature_graph.h"

namespace shortlist::data {

// The raw context of an event by column: `time`, and the carried columns with the role kContext.
class ContextRecords {
 public:
  explicit ContextRecords(const EventSchema& schema) : schema_(schema) {}

  // Lives until the next call.
  const features::Record& RecordOf(const KeptEvent& event);

 private:
  const EventSchema& schema_;
  features::Record record_;
};

features::FeatureGraph FitContext(const std::vector<FeatureSettings>& settings, const EventSchema& schema,
                                  const KeptEvents& events);

// One event at a time.
class ContextEncoder {
 public:
  ContextEncoder(const features::FeatureGraph& graph, const EventSchema& schema)
      : graph_(graph), records_(schema), row_(graph.EmptyRows()) {}

  void Encode(const KeptEvent& event);
  std::int32_t Id(std::size_t feature) const { return row_.categorical[feature].ids.front(); }
  std::span<const float> Dense() const { return row_.dense; }

 private:
  const features::FeatureGraph& graph_;
  ContextRecords records_;
  base::EncodedFeatures row_;
};

}  // namespace shortlist::data
