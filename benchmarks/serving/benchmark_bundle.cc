#include "serving/benchmark_bundle.h"

#include <cstddef>
#include <random>
#include <vector>

#include "base/query_batch.h"
#include "features/feature_graph.h"
#include "features/history_encoder.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::benchmarks {
namespace {

constexpr std::int64_t kFirstTime = 1'600'000'000;
constexpr std::int64_t kHour = 3600;
constexpr std::size_t kDigestDigits = 64;

class Retailer {
 public:
  explicit Retailer(const BundleShape& shape)
      : shape_(shape), backend_(tensor::MakeCpuBackend(1)), model_(Spec(shape), {Features(shape), {}}, *backend_, 1) {}

  index::BundleInputs Inputs(const std::filesystem::path& model_directory) {
    std::filesystem::create_directories(model_directory);
    model_.Save(model_directory);
    index::BundleInputs inputs;
    inputs.settings.model = model_.spec().settings;
    inputs.settings.index.items.kind = shape_.kind;
    inputs.settings.index.items.load = shape_.load;
    inputs.settings.index.target_recall = 0;  // vectors at random have no neighbors that an index could find
    inputs.settings.threads = 0;
    inputs.model_directory = model_directory;
    inputs.item_graph_json = features::FeatureFitter({}).Finish().ToJson();
    inputs.context_graph_json = inputs.item_graph_json;
    inputs.vector_width = model_.vector_width();
    inputs.history_has_times = true;
    inputs.dataset_digest = std::string(kDigestDigits, 'd');
    inputs.checkpoint_digest = std::string(kDigestDigits, 'c');
    AddItems(inputs);
    AddUsers(inputs);
    inputs.query_vectors = inputs.user_vectors;
    return inputs;
  }

 private:
  static base::EncodedFeatures Features(const BundleShape& shape) {
    base::EncodedFeatures features;
    features.rows = shape.items;
    return features;
  }

  static model::TwoTowerSpec Spec(const BundleShape& shape) {
    model::TwoTowerSpec spec;
    spec.settings.dimension = shape.dimension;
    spec.items = shape.items;
    return spec;
  }

  void AddItems(index::BundleInputs& inputs) const {
    inputs.item_vectors.resize(static_cast<std::size_t>(shape_.items * inputs.vector_width));
    model_.EncodeItems(0, shape_.items, inputs.item_vectors);
    for (std::int32_t item = 0; item < shape_.items; ++item) {
      inputs.item_ids.push_back("item-" + std::to_string(item));
      inputs.titles.push_back("Title of item " + std::to_string(item));
      inputs.attributes_json.emplace_back("{}");
      inputs.popular_items.push_back(item);
    }
  }

  void AddUsers(index::BundleInputs& inputs) {
    const features::HistoryEncoder encoder(model_.spec().settings.history);
    base::QueryBatch batch;
    batch.context = features::FeatureFitter({}).Finish().EmptyRows();
    inputs.history_offsets = {0};
    for (std::int32_t user = 0; user < shape_.users; ++user) {
      AddHistory(inputs);
      const auto begin = static_cast<std::size_t>(inputs.history_offsets[static_cast<std::size_t>(user)]);
      encoder.Append({std::span(inputs.history_items).subspan(begin), std::span(inputs.history_times).subspan(begin)},
                     kFirstTime + shape_.history * kHour, batch);
      ++batch.context.rows;
      inputs.user_ids.push_back(UserName(user));
    }
    inputs.user_vectors.resize(static_cast<std::size_t>(shape_.users * inputs.vector_width));
    model_.EncodeUsers(batch, inputs.user_vectors);
  }

  void AddHistory(index::BundleInputs& inputs) {
    std::uniform_int_distribution<std::int32_t> any(0, shape_.items - 1);
    for (std::int32_t event = 0; event < shape_.history; ++event) {
      inputs.history_items.push_back(any(random_));
      inputs.history_times.push_back(kFirstTime + event * kHour);
    }
    inputs.history_offsets.push_back(static_cast<std::int64_t>(inputs.history_items.size()));
  }

  BundleShape shape_;
  std::unique_ptr<tensor::Backend> backend_;
  model::TwoTower model_;
  std::mt19937 random_{1};
};

}  // namespace

std::string UserName(std::int32_t user) {
  return "user-" + std::to_string(user);
}

index::BundleInputs BenchmarkInputs(const BundleShape& shape, const std::filesystem::path& model_directory) {
  return Retailer(shape).Inputs(model_directory);
}

void WriteBenchmarkBundle(const BundleShape& shape, const std::filesystem::path& directory) {
  const std::filesystem::path model = directory.string() + ".model";
  index::WriteBundle(BenchmarkInputs(shape, model), directory);
  std::filesystem::remove_all(model);
}

}  // namespace shortlist::benchmarks
