// Operations of a training step and of evaluation, and a whole step, in shapes of a small shop's batch.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include "instructions/hot_case.h"
#include "model/two_tower_trainer.h"
#include "tensor/backend.h"

namespace shortlist {
namespace {

using tensor::Activation;
using tensor::Backend;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

constexpr std::int64_t kRows = 128;
constexpr std::int64_t kLength = 30;
constexpr std::int64_t kItems = 4096;
constexpr std::int64_t kWidth = 64;
constexpr std::int64_t kHidden = 128;

std::vector<float> RandomFloats(std::int64_t count, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

// A matrix with its memory.
struct Values {
  Values(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count), columns(column_count), values(RandomFloats(rows * columns)) {}
  operator ConstMatrix() const { return {values.data(), rows, columns}; }  // NOLINT(google-explicit-constructor)
  operator Matrix() { return {values.data(), rows, columns}; }             // NOLINT(google-explicit-constructor)

  std::int64_t rows;
  std::int64_t columns;
  std::vector<float> values;
};

base::Bags Histories() {
  base::Bags bags;
  bags.offsets = {0};
  std::mt19937 random(2);
  for (std::int64_t row = 0; row < kRows; ++row) {
    for (std::int64_t place = 0; place < kLength; ++place) {
      bags.ids.push_back(static_cast<std::int32_t>(random() % kItems));
      bags.weights.push_back(1.0F / kLength);
    }
    bags.offsets.push_back(static_cast<std::int64_t>(bags.ids.size()));
  }
  return bags;
}

tensor::BagsView ViewOf(const base::Bags& bags) {
  return {bags.ids.data(), bags.weights.data(), bags.offsets.data(), kRows, static_cast<std::int64_t>(bags.ids.size())};
}

// What every case of the backend has.
struct Operation {
  std::shared_ptr<Backend> backend = tensor::MakeCpuBackend(1);
  base::Bags histories = Histories();
  Values table{kItems, kWidth};
  Values state{kItems, tensor::StateWidth(tensor::OptimizerKind::kAdam, kWidth)};
  Values queries{kRows, kWidth};
  Values weight{kWidth, kHidden};
  Values hidden{kRows, kHidden};
  Values hidden_gradient{kRows, kHidden};
  Values query_gradient{kRows, kWidth};
  Values weight_gradient{kWidth, kHidden};
  Values candidate_gradient{kItems, kWidth};
  std::vector<float> bias = RandomFloats(kItems);
  std::vector<std::int32_t> numbers = std::vector<std::int32_t>(kItems);
};

HotCase CaseOf(const char* name, void (*work)(Operation&)) {
  return {name, [work](const std::filesystem::path& /*folder*/) {
            auto operation = std::make_shared<Operation>();
            std::iota(operation->numbers.begin(), operation->numbers.end(), 0);
            return [work, operation] { work(*operation); };
          }};
}

void GatherPool(Operation& all) {
  all.backend->GatherPool(all.table, ViewOf(all.histories), Write::kOverwrite, all.queries);
}

void SparseUpdate(Operation& all) {
  const std::vector<tensor::SparseGradient> uses = {{ViewOf(all.histories), all.query_gradient}};
  all.backend->SparseUpdate(all.table, all.state, uses, {});
}

void LinearAndBack(Operation& all) {
  all.backend->Linear(all.queries, all.weight, all.bias.data(), Activation::kRelu, all.hidden);
  std::vector<float> bias_gradient(kHidden);
  Values scratch(kRows, kHidden);
  all.backend->LinearBackward(all.queries, all.weight, all.hidden, Activation::kRelu, all.hidden_gradient, scratch,
                              all.query_gradient, Write::kOverwrite, all.weight_gradient, bias_gradient.data());
}

void SoftmaxLoss(Operation& all) {
  const float scale = 10;
  float loss = 0;
  float scale_gradient = 0;
  all.backend->SoftmaxLoss({.queries = all.queries,
                            .candidates = all.table,
                            .positives = all.numbers.data(),
                            .item_ids = all.numbers.data(),
                            .bias = all.bias.data(),
                            .scale = &scale},
                           {.loss = &loss,
                            .query_gradient = all.query_gradient,
                            .candidate_gradient = all.candidate_gradient,
                            .scale_gradient = &scale_gradient});
}

void TopK(Operation& all) {
  constexpr std::int64_t kNeighbors = 20;
  std::vector<std::int32_t> ids(kRows * kNeighbors);
  std::vector<float> scores(ids.size());
  all.backend->TopK(all.queries, all.table, kNeighbors, ViewOf(all.histories), ids.data(), scores.data());
}

model::TrainBatch Batch() {
  model::TrainBatch batch;
  batch.queries.pools = {Histories()};
  batch.queries.context.rows = kRows;
  batch.candidates.resize(kRows);
  std::iota(batch.candidates.begin(), batch.candidates.end(), 0);
  batch.positives = batch.candidates;
  batch.log_q.assign(kRows, -5);
  return batch;
}

Work TrainStep(const std::filesystem::path& /*folder*/) {
  std::shared_ptr<Backend> backend = tensor::MakeCpuBackend(1);
  model::TwoTowerSpec spec;
  spec.items = kItems;
  spec.settings.dimension = kWidth;
  model::ItemInputs items;
  items.features.rows = kItems;
  auto trainer =
      std::make_shared<model::TwoTowerTrainer>(model::TwoTower(spec, items, *backend, 1), TrainSettings{}, 1);
  return [backend, trainer, batch = Batch()] { trainer->Step(batch); };
}

}  // namespace

std::vector<HotCase> TensorCases() {
  return {CaseOf("gather_pool", GatherPool),
          CaseOf("sparse_update", SparseUpdate),
          CaseOf("linear_and_back", LinearAndBack),
          CaseOf("softmax_loss", SoftmaxLoss),
          CaseOf("top_k", TopK),
          {"train_step", TrainStep}};
}

}  // namespace shortlist
