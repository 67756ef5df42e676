#include "data/context_encoder.h"

#include <cmath>

namespace shortlist::data {
namespace {

features::Value CarriedValue(const CarriedColumn& column, std::uint64_t slot) {
  if (column.kind == CarriedColumn::Kind::kText) return column.texts.Text(static_cast<std::uint32_t>(slot));
  const double number = SlotToNumber(slot);
  return std::isnan(number) ? features::Value() : features::Value(number);
}

}  // namespace

const features::Record& ContextRecords::RecordOf(const KeptEvent& event) {
  record_["time"] = static_cast<double>(event.time);
  for (std::size_t c = 0; c < schema_.carried.size(); ++c) {
    const CarriedColumn& column = schema_.carried[c];
    if (column.role != CarriedColumn::Role::kContext) continue;
    record_[column.name] = CarriedValue(column, Slot(event.record, schema_.FirstCarried() + c));
  }
  return record_;
}

features::FeatureGraph FitContext(const std::vector<FeatureSettings>& settings, const EventSchema& schema,
                                  const KeptEvents& events) {
  features::FeatureFitter fitter(settings);
  if (settings.empty()) return fitter.Finish();
  ContextRecords records(schema);
  events.ForEach([&](const KeptEvent& event) {
    if (event.part == Part::kTrain) fitter.Observe(records.RecordOf(event));
  });
  return fitter.Finish();
}

void ContextEncoder::Encode(const KeptEvent& event) {
  for (base::Bags& bags : row_.categorical) bags.Clear();
  row_.dense.clear();
  graph_.Encode(records_.RecordOf(event), row_);
}

}  // namespace shortlist::data
