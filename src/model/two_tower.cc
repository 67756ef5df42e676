#include "model/two_tower.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "model/initialize.h"
#include "model/item_rows.h"
#include "model/tower_head.h"
#include "model/two_tower_state.h"
#include "model/user_tower.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::ConstMatrix;
using tensor::Matrix;

constexpr std::int64_t kItemsPerPass = 8192;

void Require(bool holds, const std::string& problem) {
  if (!holds) throw Error(Code::kInvalidArgument, "model: " + problem);
}

void CheckDemand(const TwoTowerSpec& spec, const std::vector<float>& log_demand) {
  const bool prior = spec.settings.prior.kind != PriorKind::kNone;
  const std::size_t demands = prior ? static_cast<std::size_t>(spec.items) : 0;
  Require(log_demand.size() == demands, "the prior needs the demand of " + std::to_string(demands) + " items, got " +
                                            std::to_string(log_demand.size()));
}

void CheckSpec(const TwoTowerSpec& spec, const ItemInputs& items) {
  Require(spec.items > 0, "the dataset has no items");
  Require(!spec.settings.history.pools.empty(), "model.history.pools is empty; name at least one pool");
  CheckFeatures("item features", spec.item_features, spec.item_dense, items.features, spec.items);
  CheckDemand(spec, items.log_demand);
}

void CheckPool(const base::Bags& pool, std::int64_t rows, std::int64_t items) {
  Require(pool.rows() == rows, "history pools have different numbers of rows");
  for (const std::int32_t id : pool.ids) {
    Require(id >= 0 && id < items,
            "history item " + std::to_string(id) + " is outside of the catalog of " + std::to_string(items) + " items");
  }
}

void CheckQueries(const TwoTowerSpec& spec, const base::QueryBatch& batch, std::size_t values, std::int64_t width) {
  Require(batch.pools.size() == spec.settings.history.pools.size(),
          "got " + std::to_string(batch.pools.size()) + " history pools, needs " +
              std::to_string(spec.settings.history.pools.size()));
  for (const base::Bags& pool : batch.pools) CheckPool(pool, batch.rows(), spec.items);
  CheckFeatures("context", spec.context_features, spec.context_dense, batch.context, batch.rows());
  Require(static_cast<std::int64_t>(values) == batch.rows() * width, "the output of EncodeUsers has another size");
}

float DownloadScalar(tensor::Backend& backend, Matrix scalar) {
  float value = 0;
  backend.Download(scalar.data, &value, sizeof value);
  backend.Synchronize();
  return value;
}

// Copies vectors [n, D] from the device to rows of `out` that are as wide or one wider.
void DownloadRows(tensor::Backend& backend, ConstMatrix vectors, std::int64_t width, std::span<float> out) {
  const auto bytes = static_cast<std::size_t>(vectors.size()) * sizeof(float);
  backend.Download(vectors.data, out.data(), bytes);
  backend.Synchronize();
  if (width == vectors.columns) return;
  for (std::int64_t r = vectors.rows; r-- > 1;) {  // from the last, so that no row is overwritten before it has moved
    float* row = out.data() + r * vectors.columns;
    std::copy_backward(row, row + vectors.columns, out.data() + r * width + vectors.columns);
  }
}

void FillLastColumn(std::span<float> rows, std::int64_t width, std::span<const float> log_demand, float factor) {
  for (std::size_t r = 0; r < log_demand.size(); ++r) {
    rows[(r + 1) * static_cast<std::size_t>(width) - 1] = factor * log_demand[r];
  }
}

}  // namespace

TwoTower::State::State(TwoTowerSpec model_spec, ItemInputs item_inputs, const HeldRows& held,
                       tensor::Backend& model_backend)
    : spec((CheckSpec(model_spec, item_inputs), std::move(model_spec))),
      layout(spec),
      items(std::move(item_inputs)),
      backend(&model_backend),
      parameters(LayoutOf(held, layout), model_backend) {}

TwoTower::State::State(TwoTowerSpec model_spec, ItemInputs item_inputs, tensor::Backend& model_backend)
    : spec((CheckSpec(model_spec, item_inputs), std::move(model_spec))),
      layout(spec),
      items(std::move(item_inputs)),
      backend(&model_backend),
      parameters(layout, model_backend) {}

ConstMatrix TwoTower::State::ItemVectors() const {
  if (IdsOnly(spec)) return parameters.table(0);
  return {item_vectors.As<float>(), spec.items, layout.dimension};
}

void TwoTower::State::Publish() {
  if (IdsOnly(spec)) return;
  const auto bytes = static_cast<std::size_t>(spec.items * layout.dimension) * sizeof(float);
  if (item_vectors.bytes() == 0) item_vectors = backend->Allocate(bytes);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(spec.items));
  std::iota(ids.begin(), ids.end(), 0);
  ItemRows rows(layout, *backend);
  rows.Select(ids, items.features);
  rows.Forward(parameters, {item_vectors.As<float>(), spec.items, layout.dimension});
  backend->Synchronize();
}

std::int64_t TwoTower::State::VectorWidth() const {
  return layout.dimension + (spec.settings.prior.kind == PriorKind::kNone ? 0 : 1);
}

void TwoTower::State::EncodeInputs(ConstMatrix inputs, std::span<const float> log_demand, std::span<float> out) const {
  const std::int64_t width = VectorWidth();
  Require(static_cast<std::int64_t>(out.size()) == inputs.rows * width,
          "the output of the item tower has another size");
  TowerHead head(layout.item, spec.settings.item_residual, spec.settings.similarity, 0, *backend);
  for (std::int64_t begin = 0; begin < inputs.rows; begin += kItemsPerPass) {
    const std::int64_t rows = std::min(kItemsPerPass, inputs.rows - begin);
    const ConstMatrix pass(inputs.data + begin * inputs.columns, rows, inputs.columns);
    const std::span<float> target =
        out.subspan(static_cast<std::size_t>(begin * width), static_cast<std::size_t>(rows * width));
    DownloadRows(*backend, head.Forward(parameters, pass, DropoutPlan()), width, target);
  }
  if (width == inputs.columns) return;
  const float weight = DownloadScalar(*backend, parameters.dense(layout.prior_weight));
  const float scale = DownloadScalar(*backend, parameters.dense(layout.scale));
  FillLastColumn(out, width, log_demand, weight / scale);
}

TwoTower::TwoTower(TwoTowerSpec spec, ItemInputs items, tensor::Backend& backend, std::uint64_t seed)
    : state_(std::make_unique<State>(std::move(spec), std::move(items), backend)) {
  Initialize(state_->spec, state_->layout, seed, backend, state_->parameters);
  state_->Publish();
}

TwoTower::TwoTower(std::unique_ptr<State> state) : state_(std::move(state)) {}
TwoTower::~TwoTower() = default;
TwoTower::TwoTower(TwoTower&&) noexcept = default;
TwoTower& TwoTower::operator=(TwoTower&&) noexcept = default;

const TwoTowerSpec& TwoTower::spec() const {
  return state_->spec;
}

std::int64_t TwoTower::vector_width() const {
  return state_->VectorWidth();
}

void TwoTower::ReplaceDemand(std::vector<float> log_demand) {
  CheckDemand(state_->spec, log_demand);
  state_->items.log_demand = std::move(log_demand);
}

void TwoTower::EncodeUsers(const base::QueryBatch& batch, std::span<float> out) const {
  CheckQueries(state_->spec, batch, out.size(), vector_width());
  if (batch.rows() == 0) return;
  UserTower tower(state_->spec, state_->layout, *state_->backend);
  const Matrix vectors =
      tower.Forward(state_->parameters, state_->ItemVectors(), batch.pools, batch.context, DropoutPlan());
  DownloadRows(*state_->backend, vectors, vector_width(), out);
  if (vector_width() == vectors.columns) return;
  FillLastColumn(out, vector_width(), std::vector<float>(static_cast<std::size_t>(batch.rows()), 1.0F), 1.0F);
}

void TwoTower::EncodeItems(std::int64_t first, std::int64_t count, std::span<float> out) const {
  const std::int64_t items = state_->spec.items;
  Require(first >= 0 && count >= 0 && first + count <= items,
          "items [" + std::to_string(first) + ", " + std::to_string(first + count) +
              ") are outside of the catalog of " + std::to_string(items));
  const std::int64_t dimension = state_->layout.dimension;
  const ConstMatrix inputs(state_->ItemVectors().data + first * dimension, count, dimension);
  std::span<const float> demand = state_->items.log_demand;
  if (!demand.empty()) demand = demand.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  state_->EncodeInputs(inputs, demand, out);
}

void TwoTower::EncodeNewItems(const ItemInputs& items, std::span<float> out) const {
  const std::int64_t rows = items.features.rows;
  CheckFeatures("item features", state_->spec.item_features, state_->spec.item_dense, items.features, rows);
  if (rows == 0) return;
  std::vector<float> demand = items.log_demand;
  if (vector_width() > state_->layout.dimension) demand.resize(static_cast<std::size_t>(rows), 0.0F);
  ItemRows selected(state_->layout, *state_->backend);
  selected.SelectWithoutIds(items.features);
  const auto bytes = static_cast<std::size_t>(rows * state_->layout.dimension) * sizeof(float);
  const tensor::Buffer memory = state_->backend->Allocate(bytes);
  const Matrix inputs = {memory.As<float>(), rows, state_->layout.dimension};
  selected.Forward(state_->parameters, inputs);
  state_->EncodeInputs(inputs, demand, out);
}

}  // namespace shortlist::model
