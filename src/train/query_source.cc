#include "train/query_source.h"

#include <algorithm>
#include <utility>

#include "model/closed_form.h"
#include "train/demand.h"
#include "train/event_log.h"

namespace shortlist::train {
namespace {

constexpr std::size_t kShoppersPerPass = 1024;

std::vector<const data::Interactions*> PartsBefore(const data::Dataset& dataset, data::Part part) {
  std::vector<const data::Interactions*> parts;
  if (part != data::Part::kTrain) parts.push_back(&dataset.part(data::Part::kTrain));
  if (part == data::Part::kTest) parts.push_back(&dataset.part(data::Part::kValidation));
  return parts;
}

std::vector<model::FeatureShape> ShapesOf(const features::FeatureGraph& graph) {
  std::vector<model::FeatureShape> shapes;
  for (const features::CategoricalFeature& feature : graph.categorical()) {
    shapes.push_back({feature.name, feature.cardinality});
  }
  return shapes;
}

// Whether all that is known before the part happened before its start: a split by time.
bool StartsAfterThePast(const data::Dataset& dataset, data::Part part) {
  const std::int64_t start = dataset.PartStart(part);
  return std::ranges::all_of(PartsBefore(dataset, part), [start](const data::Interactions* past) {
    return std::ranges::all_of(past->times, [start](std::int64_t time) { return time < start; });
  });
}

void AppendContextAt(const data::Dataset& dataset, data::Part part, const eval::Query& query,
                     base::EncodedFeatures& out) {
  const data::Interactions& events = dataset.part(part);
  const std::int64_t end = events.offsets[static_cast<std::size_t>(query.user) + 1];
  std::int64_t event = events.offsets[static_cast<std::size_t>(query.user)];
  while (event < end && events.times[static_cast<std::size_t>(event)] < query.now) ++event;
  if (event < end) return AppendContext(events, event, out);
  AppendUnknownContext(dataset.context_graph().categorical().size(),
                       static_cast<std::int64_t>(dataset.context_graph().dense().size()), out);
}

// Shoppers of one part as queries.
class QueryBuilder {
 public:
  QueryBuilder(const ModelSettings& settings, const data::Dataset& dataset, data::Part part)
      : dataset_(dataset),
        part_(part),
        events_(dataset.part(part)),
        encoder_(settings.history),
        by_time_(StartsAfterThePast(dataset, part)) {}

  base::QueryBatch Build(std::span<const std::int64_t> users) const {
    base::QueryBatch batch;
    for (const std::int64_t user : users) Append(user, batch);
    return batch;
  }

 private:
  void Append(std::int64_t user, base::QueryBatch& batch) const {
    const ShopperHistory history = HistoryBefore(dataset_, part_, user);
    const std::int64_t first = events_.offsets[static_cast<std::size_t>(user)];
    const bool asks = first < events_.offsets[static_cast<std::size_t>(user) + 1];
    const std::int64_t start = dataset_.PartStart(part_);
    const std::int64_t now = by_time_ || !asks ? start : events_.times[static_cast<std::size_t>(first)];
    encoder_.Append({history.items, history.times}, now, batch);
    if (asks) {
      AppendContext(events_, first, batch.context);
    } else {
      AppendUnknownContext(dataset_.context_graph().categorical().size(),
                           static_cast<std::int64_t>(dataset_.context_graph().dense().size()), batch.context);
    }
  }

  const data::Dataset& dataset_;
  data::Part part_;
  const data::Interactions& events_;
  features::HistoryEncoder encoder_;
  bool by_time_;
};

}  // namespace

model::TwoTowerSpec MakeSpec(const ModelSettings& settings, const data::Dataset& dataset) {
  model::TwoTowerSpec spec;
  spec.items = dataset.items();
  if (IsClosedForm(settings.kind)) {
    spec.settings = model::ClosedFormSettings(settings, dataset.items(), dataset.has_times());
    return spec;
  }
  spec.settings = settings;
  spec.item_features = ShapesOf(dataset.item_graph());
  spec.item_dense = static_cast<std::int64_t>(dataset.item_graph().dense().size());
  spec.context_features = ShapesOf(dataset.context_graph());
  spec.context_dense = static_cast<std::int64_t>(dataset.context_graph().dense().size());
  return spec;
}

model::ItemInputs MakeItemInputs(const ModelSettings& settings, const data::Dataset& dataset, data::Part until) {
  model::ItemInputs items;
  items.features.rows = dataset.items();
  if (!IsClosedForm(settings.kind)) items.features = dataset.item_features();
  if (settings.prior.kind == PriorKind::kNone) return items;
  const EventLog log = MakeEventLog(PartsBefore(dataset, until));
  const DemandCounter demand(log.items, log.times, dataset.items());
  items.log_demand = PriorInputs(settings.prior, demand, dataset.PartStart(until));
  return items;
}

ShopperHistory HistoryBefore(const data::Dataset& dataset, data::Part part, std::int64_t user) {
  const std::vector<const data::Interactions*> parts = PartsBefore(dataset, part);
  std::vector<std::pair<std::int64_t, std::int32_t>> events;
  for (const data::Interactions* past : parts) {
    const auto row = static_cast<std::size_t>(user);
    for (std::int64_t event = past->offsets[row]; event < past->offsets[row + 1]; ++event) {
      events.emplace_back(past->times[static_cast<std::size_t>(event)], past->items[static_cast<std::size_t>(event)]);
    }
  }
  std::ranges::stable_sort(events, {}, &std::pair<std::int64_t, std::int32_t>::first);
  ShopperHistory history;
  for (const auto& [time, item] : events) {
    history.times.push_back(time);
    history.items.push_back(item);
  }
  return history;
}

std::vector<float> EncodeQueries(const model::TwoTower& model, const data::Dataset& dataset, data::Part part,
                                 std::span<const eval::Query> queries) {
  const features::HistoryEncoder encoder(model.spec().settings.history);
  base::QueryBatch batch;
  for (const eval::Query& query : queries) {
    encoder.Append({query.history, query.times}, query.now, batch);
    AppendContextAt(dataset, part, query, batch.context);
  }
  std::vector<float> vectors(queries.size() * static_cast<std::size_t>(model.vector_width()));
  model.EncodeUsers(batch, vectors);
  return vectors;
}

std::vector<float> EncodeShoppers(const model::TwoTower& model, const data::Dataset& dataset, data::Part part,
                                  std::span<const std::int64_t> users) {
  const QueryBuilder builder(model.spec().settings, dataset, part);
  const auto width = static_cast<std::size_t>(model.vector_width());
  std::vector<float> vectors(users.size() * width);
  for (std::size_t begin = 0; begin < users.size(); begin += kShoppersPerPass) {
    const std::size_t count = std::min(kShoppersPerPass, users.size() - begin);
    model.EncodeUsers(builder.Build(users.subspan(begin, count)),
                      std::span(vectors).subspan(begin * width, count * width));
  }
  return vectors;
}

}  // namespace shortlist::train
