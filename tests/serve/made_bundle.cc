#include "serve/made_bundle.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "features/history_encoder.h"

namespace shortlist::serve {
namespace {

FeatureSettings Feature(std::string column, TransformKind transform) {
  FeatureSettings settings;
  settings.name = column;
  settings.column = std::move(column);
  settings.transform = transform;
  return settings;
}

features::FeatureGraph FitContextGraph() {
  features::FeatureFitter fitter({Feature("device", TransformKind::kVocabulary), Feature("basket", TransformKind::kLog),
                                  Feature("time", TransformKind::kHourOfDay)});
  for (const char* device : {"phone", "laptop", "phone", "laptop"}) {
    fitter.Observe({{"device", device}, {"basket", 20.0}, {"time", static_cast<double>(kFirstTime)}});
  }
  return fitter.Finish();
}

ModelSettings MadeModelSettings(TimesOfEvents times, double deviation) {
  ModelSettings settings;
  settings.dimension = 16;
  settings.user_hidden = {16};
  settings.initial_deviation = deviation;
  settings.prior.kind = PriorKind::kPopularity;
  settings.prior.weight = 5;
  PoolSettings recent;
  recent.weighting = PoolWeighting::kTimeDecay;
  recent.half_life_days = 2;
  if (times == TimesOfEvents::kKnown) settings.history.pools.push_back(recent);
  return settings;
}

// What every item has to say of itself: its attributes, as text columns.
features::Record MadeItem(std::int32_t item) {
  return {{"brand", "brand " + std::to_string(item % 5)}};
}

features::FeatureGraph FitItemGraph(const std::vector<FeatureSettings>& settings) {
  features::FeatureFitter fitter(settings);
  for (std::int32_t item = 0; item < kItems; ++item) fitter.Observe(MadeItem(item));
  return fitter.Finish();
}

model::TwoTowerSpec MadeSpec(const features::FeatureGraph& context_graph, const features::FeatureGraph& item_graph,
                             TimesOfEvents times, double deviation) {
  model::TwoTowerSpec spec;
  spec.settings = MadeModelSettings(times, deviation);
  spec.items = kItems;
  spec.context_dense = static_cast<std::int64_t>(context_graph.dense().size());
  for (const auto& feature : context_graph.categorical()) {
    spec.context_features.push_back({feature.name, feature.cardinality});
  }
  for (const auto& feature : item_graph.categorical())
    spec.item_features.push_back({feature.name, feature.cardinality});
  return spec;
}

model::ItemInputs MadeItemInputs(const features::FeatureGraph& item_graph) {
  model::ItemInputs inputs{item_graph.EmptyRows(), {}};
  for (std::int32_t item = 0; item < kItems; ++item) {
    item_graph.Encode(MadeItem(item), inputs.features);
    inputs.log_demand.push_back(std::log1p(static_cast<float>(item)));
  }
  return inputs;
}

void AppendShopper(std::int32_t user, TimesOfEvents times, index::BundleInputs& inputs) {
  const auto items = StoredItems(user);
  const auto stored = StoredTimes(user, times);
  inputs.user_ids.push_back(UserName(user));
  inputs.history_items.insert(inputs.history_items.end(), items.begin(), items.end());
  inputs.history_times.insert(inputs.history_times.end(), stored.begin(), stored.end());
  inputs.history_offsets.push_back(static_cast<std::int64_t>(inputs.history_items.size()));
}

}  // namespace

std::string ItemName(std::int32_t item) {
  return "item-" + std::to_string(item);
}

std::string AttributesJson(std::int32_t item) {
  return "{\"price\": " + std::to_string(item) + ", \"brand\": \"brand " + std::to_string(item % 5) +
         "\", \"stock\": \"" + std::to_string(item % 3) + "\"}";
}

std::string UserName(std::int32_t user) {
  return "user-" + std::to_string(user);
}

std::vector<std::int32_t> StoredItems(std::int32_t user) {
  std::vector<std::int32_t> items(static_cast<std::size_t>(user));
  std::iota(items.begin(), items.end(), 3 * user);
  for (std::int32_t& item : items) item %= kItems;
  return items;
}

std::vector<std::int64_t> StoredTimes(std::int32_t user, TimesOfEvents times) {
  std::vector<std::int64_t> stored(static_cast<std::size_t>(user));
  std::iota(stored.begin(), stored.end(), std::int64_t{0});
  if (times == TimesOfEvents::kUnknown) return stored;
  for (std::int64_t& time : stored) time = kFirstTime + time * kDay;
  return stored;
}

MadeRetailer::MadeRetailer(std::uint64_t seed, TimesOfEvents times)
    : MadeRetailer(seed, times, 0.5, FitItemGraph({})) {}

MadeRetailer MadeRetailer::OfZeros() {
  return MadeRetailer(7, TimesOfEvents::kKnown, 0, FitItemGraph({}));
}

MadeRetailer MadeRetailer::WithBrands() {
  return MadeRetailer(7, TimesOfEvents::kKnown, 0.5, FitItemGraph({Feature("brand", TransformKind::kVocabulary)}));
}

MadeRetailer::MadeRetailer(std::uint64_t seed, TimesOfEvents times, double deviation, features::FeatureGraph item_graph)
    : times_(times),
      context_graph_(FitContextGraph()),
      item_graph_(std::move(item_graph)),
      backend_(tensor::MakeCpuBackend(1)),
      model_(MadeSpec(context_graph_, item_graph_, times, deviation), MadeItemInputs(item_graph_), *backend_, seed) {}

std::vector<float> MadeRetailer::ItemVectors() const {
  std::vector<float> vectors(static_cast<std::size_t>(kItems * model_.vector_width()));
  model_.EncodeItems(0, kItems, vectors);
  return vectors;
}

std::vector<float> MadeRetailer::ShopperVector(const std::vector<std::int32_t>& items,
                                               const std::vector<std::int64_t>& times, std::int64_t now,
                                               const features::Record& context) const {
  base::QueryBatch batch;
  batch.context = context_graph_.EmptyRows();
  features::HistoryEncoder(model_.spec().settings.history).Append({items, times}, now, batch);
  context_graph_.Encode(context, batch.context);
  std::vector<float> vector(static_cast<std::size_t>(model_.vector_width()));
  model_.EncodeUsers(batch, vector);
  return vector;
}

std::vector<std::int32_t> MadeRetailer::ExactTop(const std::vector<float>& query, std::int64_t k,
                                                 const std::vector<std::int32_t>& excluded) const {
  const std::vector<float> vectors = ItemVectors();
  std::vector<std::pair<double, std::int32_t>> ranked;
  for (std::int32_t item = 0; item < kItems; ++item) {
    const auto begin = vectors.begin() + item * model_.vector_width();
    const double score = std::inner_product(query.begin(), query.end(), begin, 0.0);
    if (std::ranges::find(excluded, item) == excluded.end()) ranked.emplace_back(-score, item);
  }
  std::ranges::sort(ranked);
  ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(k)));
  std::vector<std::int32_t> top(ranked.size());
  std::ranges::transform(ranked, top.begin(), [](const auto& entry) { return entry.second; });
  return top;
}

repeat::RepeatWeights MadeRetailer::RepeatWeights() {
  return {.half_lives_days = {5},
          .of_values = {-0.1, 0.3, 0.1, -0.05, 0.2, 0.05, 0.01, -0.02},
          .of_similarity = -0.4,
          .of_item_term = 0.3,
          .model_sha256 = std::string(64, 'c')};
}

index::BundleInputs MadeRetailer::Inputs(IndexKind kind, const std::filesystem::path& model_directory) const {
  std::filesystem::create_directories(model_directory);
  model_.Save(model_directory);
  index::BundleInputs inputs;
  inputs.settings.model = model_.spec().settings;
  inputs.settings.index.items.kind = kind;
  inputs.settings.index.sample_queries = 8;
  inputs.settings.index.target_recall = 0;  // what indexes find is not what these tests are about
  inputs.settings.index.filters.numbers = {"stock"};
  inputs.settings.threads = 1;
  inputs.model_directory = model_directory;
  inputs.item_graph_json = item_graph_.ToJson();
  inputs.context_graph_json = context_graph_.ToJson();
  inputs.vector_width = model_.vector_width();
  inputs.item_vectors = ItemVectors();
  inputs.history_has_times = times_ == TimesOfEvents::kKnown;
  inputs.history_offsets = {0};
  inputs.dataset_digest = std::string(64, 'd');
  inputs.checkpoint_digest = std::string(64, 'c');
  for (std::int32_t item = 0; item < kItems; ++item) {
    inputs.item_ids.push_back(ItemName(item));
    inputs.titles.push_back("Title " + std::to_string(item));
    inputs.attributes_json.push_back(AttributesJson(item));
    inputs.popular_items.push_back(kItems - 1 - item);
  }
  for (std::int32_t user = 0; user < kUsers; ++user) {
    const auto vector = ShopperVector(StoredItems(user), StoredTimes(user, times_), kFirstTime + kUsers * kDay, {});
    inputs.user_vectors.insert(inputs.user_vectors.end(), vector.begin(), vector.end());
    AppendShopper(user, times_, inputs);
  }
  inputs.query_vectors = inputs.user_vectors;
  return inputs;
}

ScratchFolder::ScratchFolder()
    : path_(std::filesystem::path(::testing::TempDir()) /
            ("shortlist_serve_" + std::to_string(std::random_device{}()))) {
  std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path WriteMadeBundle(const MadeRetailer& retailer, const std::filesystem::path& folder,
                                      IndexKind kind) {
  index::WriteBundle(retailer.Inputs(kind, folder / "model"), folder / "bundle");
  return folder / "bundle";
}

std::filesystem::path WriteRepeatBundle(const MadeRetailer& retailer, const std::filesystem::path& folder) {
  index::BundleInputs inputs = retailer.Inputs(IndexKind::kFlat, folder / "model");
  inputs.repeat_file = folder / "repeat.json";
  repeat::WriteRepeatWeights(MadeRetailer::RepeatWeights(), *inputs.repeat_file);
  index::WriteBundle(inputs, folder / "bundle");
  return folder / "bundle";
}

}  // namespace shortlist::serve
