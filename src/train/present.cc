#include "train/present.h"

#include <algorithm>
#include <cstddef>

#include "base/query_batch.h"
#include "features/feature_graph.h"
#include "features/history_encoder.h"
#include "train/demand.h"

namespace shortlist::train {
namespace {

constexpr std::size_t kShoppersPerPass = 1024;

features::HistoryView HistoryOf(const EventLog& log, std::int64_t user) {
  const auto row = static_cast<std::size_t>(user);
  const auto begin = static_cast<std::size_t>(log.offsets[row]);
  const auto count = static_cast<std::size_t>(log.offsets[row + 1]) - begin;
  return {std::span(log.items).subspan(begin, count), std::span(log.times).subspan(begin, count)};
}

base::QueryBatch MakeBatch(const features::HistoryEncoder& encoder, const data::Dataset& dataset, const EventLog& log,
                           std::int64_t now, std::span<const std::int64_t> users) {
  features::Record context;
  if (dataset.has_times()) context.emplace("time", static_cast<double>(now));
  base::QueryBatch batch;
  batch.context = dataset.context_graph().EmptyRows();
  for (const std::int64_t user : users) {
    encoder.Append(HistoryOf(log, user), now, batch);
    dataset.context_graph().Encode(context, batch.context);
  }
  return batch;
}

}  // namespace

EventLog MakePresentLog(const data::Dataset& dataset) {
  return MakeEventLog(
      {&dataset.part(data::Part::kTrain), &dataset.part(data::Part::kValidation), &dataset.part(data::Part::kTest)});
}

std::int64_t PresentTime(const EventLog& log) {
  return log.times.empty() ? 0 : *std::ranges::max_element(log.times) + 1;
}

std::vector<float> PresentDemand(const PriorSettings& settings, const EventLog& log, std::int64_t item_count) {
  if (settings.kind == PriorKind::kNone) return {};
  return PriorInputs(settings, DemandCounter(log.items, log.times, item_count), PresentTime(log));
}

std::vector<float> EncodePresentShoppers(const model::TwoTower& model, const data::Dataset& dataset,
                                         const EventLog& log, std::span<const std::int64_t> users) {
  const features::HistoryEncoder encoder(model.spec().settings.history);
  const std::int64_t now = PresentTime(log);
  const auto width = static_cast<std::size_t>(model.vector_width());
  std::vector<float> vectors(users.size() * width);
  for (std::size_t begin = 0; begin < users.size(); begin += kShoppersPerPass) {
    const std::size_t count = std::min(kShoppersPerPass, users.size() - begin);
    const base::QueryBatch batch = MakeBatch(encoder, dataset, log, now, users.subspan(begin, count));
    model.EncodeUsers(batch, std::span(vectors).subspan(begin * width, count * width));
  }
  return vectors;
}

}  // namespace shortlist::train
