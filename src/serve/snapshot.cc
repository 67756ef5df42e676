#include "serve/snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "filter/read_attributes.h"
#include "serve/sample_check.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

// Items whose vectors are written anew and compared with the stored ones.
constexpr std::int64_t kComparedItems = 64;
constexpr float kVectorTolerance = 1e-3F;

void RequireEqual(std::int64_t in_model, std::int64_t in_bundle, const std::string& what) {
  if (in_model == in_bundle) return;
  throw Error(Code::kDataLoss, "the bundle's parts do not fit: its model has " + std::to_string(in_model) + " " + what +
                                   " where the rest of it has " + std::to_string(in_bundle) + "; make it again");
}

void RequireContextFits(const model::TwoTowerSpec& spec, const features::FeatureGraph& graph) {
  RequireEqual(spec.context_dense, static_cast<std::int64_t>(graph.dense().size()), "dense context features");
  RequireEqual(static_cast<std::int64_t>(spec.context_features.size()),
               static_cast<std::int64_t>(graph.categorical().size()), "categorical context features");
  for (std::size_t f = 0; f < spec.context_features.size(); ++f) {
    RequireEqual(spec.context_features[f].cardinality, graph.categorical()[f].cardinality,
                 "values of context feature '" + graph.categorical()[f].name + "'");
  }
}

bool Close(float a, float b) {
  return std::abs(a - b) <= kVectorTolerance * std::max(1.0F, std::abs(b));
}

// A vector with a NaN or an infinity has no place in any order; one of zeros has.
void RequireFinite(const index::VectorIndex& vectors, const std::string& whose) {
  for (std::int64_t i = 0; i < vectors.size(); ++i) {
    const std::vector<float> vector = vectors.Vector(static_cast<std::int32_t>(i));
    if (std::ranges::all_of(vector, [](float value) { return std::isfinite(value); })) continue;
    throw Error(Code::kFailedPrecondition, "the bundle's vector of " + whose + " " + std::to_string(i) +
                                               " is not finite; train with a lower rate and make the bundle again");
  }
}

void RequireSameVectors(const model::TwoTower& model, const index::VectorIndex& items) {
  const std::int64_t width = model.vector_width();
  const std::int64_t count = std::min(items.size(), kComparedItems);
  std::vector<float> written(static_cast<std::size_t>(count * width));
  model.EncodeItems(0, count, written);
  for (std::int64_t item = 0; item < count; ++item) {
    const std::vector<float> stored = items.Vector(static_cast<std::int32_t>(item));
    if (std::equal(stored.begin(), stored.end(), written.begin() + item * width, Close)) continue;
    throw Error(Code::kFailedPrecondition, "the bundle's model writes another vector for item " + std::to_string(item) +
                                               " than its index holds; make the bundle again");
  }
}

// Whether the item tower reads features, as the graph writes them.
bool ReadsItemFeatures(const model::TwoTowerSpec& spec, const features::FeatureGraph& graph) {
  const auto same = [](const model::FeatureShape& shape, const features::CategoricalFeature& feature) {
    return shape.cardinality == feature.cardinality;
  };
  return !(spec.item_features.empty() && spec.item_dense == 0) &&
         spec.item_dense == static_cast<std::int64_t>(graph.dense().size()) &&
         std::ranges::equal(spec.item_features, graph.categorical(), same);
}

// Columns as features name them.
features::Record ColumnsOf(const CatalogItem& item) {
  features::Record record = item.attributes;
  if (!item.title.empty()) record["title"] = item.title;
  return record;
}

filter::AttributeTable AttributesOf(const index::Bundle& bundle) {
  return {bundle.settings().index.filters, bundle.items().size(), [&](std::int64_t item) {
            return filter::ReadAttributes(bundle.AttributesJson(static_cast<std::int32_t>(item)));
          }};
}

}  // namespace

std::shared_ptr<const ServingSnapshot> ServingSnapshot::Load(const std::filesystem::path& bundle_directory,
                                                             const index::ScanDevice* device) {
  index::Bundle bundle = index::Bundle::Open(bundle_directory, device);
  features::FeatureGraph context_graph = features::FeatureGraph::FromJson(bundle.ContextGraphJson());
  std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  model::TwoTower model = model::TwoTower::Load(bundle.model_directory(), *backend);
  std::shared_ptr<ServingSnapshot> snapshot(
      new ServingSnapshot(std::move(bundle), std::move(backend), std::move(model), std::move(context_graph)));
  snapshot->RequireConsistent();
  return snapshot;
}

ServingSnapshot::ServingSnapshot(index::Bundle bundle, std::unique_ptr<tensor::Backend> backend, model::TwoTower model,
                                 features::FeatureGraph context_graph)
    : bundle_(std::move(bundle)),
      backend_(std::move(backend)),
      model_(std::move(model)),
      context_graph_(std::move(context_graph)),
      item_graph_(features::FeatureGraph::FromJson(bundle_.ItemGraphJson())),
      encodes_new_items_(ReadsItemFeatures(model_.spec(), item_graph_)),
      history_encoder_(model_.spec().settings.history),
      context_columns_(context_graph_.Columns()),
      reasons_(bundle_, model_.spec().settings.dimension),
      attributes_(AttributesOf(bundle_)),
      item_search_(bundle_.items(), index::MeasureCosts(bundle_.items(), bundle_.sample().queries)) {
  if (const auto path = bundle_.repeat_file()) {
    blend_.emplace(repeat::ReadRepeatWeights(*path), model_.spec().settings.dimension);
  }
}

void ServingSnapshot::RequireConsistent() const {
  RequireEqual(model_.spec().items, bundle_.item_count(), "items");
  RequireEqual(model_.vector_width(), bundle_.items().width(), "coordinates per vector");
  if (bundle_.user_count() > 0) {
    RequireEqual(model_.vector_width(), bundle_.users().width(), "coordinates per vector");
  }
  RequireContextFits(model_.spec(), context_graph_);
  RequireFinite(bundle_.items(), "item");
  RequireFinite(bundle_.users(), "shopper");
  RequireSameVectors(model_, bundle_.items());
  RequireSampleAnswers(bundle_.items(), bundle_.sample());
}

bool ServingSnapshot::ReadsContext(std::string_view name) const {
  return std::ranges::find(context_columns_, name) != context_columns_.end();
}

void ServingSnapshot::AppendShopper(features::HistoryView history, std::int64_t now, const features::Record& context,
                                    base::QueryBatch& batch) const {
  if (batch.pools.empty()) batch.context = context_graph_.EmptyRows();
  history_encoder_.Append(history, now, batch);
  context_graph_.Encode(context, batch.context);
}

std::vector<float> ServingSnapshot::EncodeShoppers(const base::QueryBatch& batch) const {
  std::vector<float> vectors(static_cast<std::size_t>(batch.rows() * model_.vector_width()));
  if (!vectors.empty()) model_.EncodeUsers(batch, vectors);
  return vectors;
}

void ServingSnapshot::Follow(const CatalogChanges& changes) const {
  delta_.store(std::make_shared<const CatalogDelta>(*this, changes, delta_.load().get()));
}

std::vector<float> ServingSnapshot::EncodeNewItems(std::span<const CatalogItem* const> items) const {
  if (items.empty()) return {};
  std::vector<float> vectors(items.size() * static_cast<std::size_t>(model_.vector_width()));
  model_.EncodeNewItems(InputsOf(items), vectors);
  return vectors;
}

model::ItemInputs ServingSnapshot::InputsOf(std::span<const CatalogItem* const> items) const {
  if (items.empty() && !encodes_new_items_) return {};
  model::ItemInputs inputs{item_graph_.EmptyRows(), {}};
  for (const CatalogItem* const item : items) item_graph_.Encode(ColumnsOf(*item), inputs.features);
  inputs.log_demand.resize(items.size() * static_cast<std::size_t>(model::DemandWidth(model_.spec().settings.prior)));
  return inputs;
}

std::vector<float> ServingSnapshot::LearnedVector(std::int32_t item) const {
  std::vector<float> vector(static_cast<std::size_t>(model_.vector_width()));
  model_.EncodeItems(item, 1, vector);
  return vector;
}

std::vector<float> ServingSnapshot::UserQuery(std::int32_t user) const {
  return WithoutPrior(bundle_.users().Vector(user));
}

std::vector<float> ServingSnapshot::WithoutPrior(std::vector<float> vector) const {
  if (model_.vector_width() > model_.spec().settings.dimension) vector.back() = 0;
  return vector;
}

}  // namespace shortlist::serve
