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

// Of what is asked with every answer: what holds costs no text.
template <class Problem>
void RequireQuickly(bool holds, const Problem& problem) {
  if (!holds) Require(false, problem());
}

void CheckDemand(const TwoTowerSpec& spec, const std::vector<float>& log_demand) {
  const std::int64_t width = DemandWidth(spec.settings.prior);
  Require(static_cast<std::int64_t>(log_demand.size()) == spec.items * width,
          "the prior needs the demand of " + std::to_string(spec.items) + " items in " + std::to_string(width) +
              " windows, got " + std::to_string(log_demand.size()) + " numbers");
}

// A stored spec may be of another hand.
void CheckClosedForm(const TwoTowerSpec& spec) {
  const ModelSettings fitting = ClosedFormSettings(spec.settings, spec.items, true);
  Require(spec.settings.dimension == fitting.dimension && spec.settings.prior.kind != PriorKind::kNone &&
              IdsOnly(spec) && spec.settings.item_hidden.empty(),
          "the shapes are not those of a model of its kind");
}

void CheckSpec(const TwoTowerSpec& spec, const ItemInputs& items) {
  Require(spec.items > 0, "the dataset has no items");
  if (IsClosedForm(spec.settings.kind)) CheckClosedForm(spec);
  Require(!spec.settings.history.pools.empty(), "model.history.pools is empty; name at least one pool");
  const EncoderSettings& encoder = spec.settings.history.encoder;
  const bool attends = encoder.kind == EncoderKind::kAttention || encoder.kind == EncoderKind::kTransformer;
  Require(!attends || spec.settings.dimension % encoder.heads == 0,
          "model.history.encoder.heads does not divide model.dimension");
  CheckFeatures("item features", spec.item_features, spec.item_dense, items.features, spec.items);
  CheckDemand(spec, items.log_demand);
}

void CheckPool(const base::Bags& pool, std::int64_t rows, std::int64_t items) {
  RequireQuickly(pool.rows() == rows, [] { return "history pools have different numbers of rows"; });
  const auto stray = std::ranges::find_if(pool.ids, [items](std::int32_t id) { return id < 0 || id >= items; });
  RequireQuickly(stray == pool.ids.end(), [&] {
    return "history item " + std::to_string(*stray) + " is outside of the catalog of " + std::to_string(items) +
           " items";
  });
}

void CheckSequences(const TwoTowerSpec& spec, const base::QueryBatch& batch) {
  if (spec.settings.history.encoder.kind == EncoderKind::kPooled) return;
  const base::Sequences& sequences = batch.sequences;
  CheckPool(sequences.items, sequences.items.rows(), spec.items);
  RequireQuickly(sequences.newest.rows() == batch.rows(), [&] {
    return "the model reads the order of histories, and got " + std::to_string(sequences.newest.rows()) + " for " +
           std::to_string(batch.rows()) + " rows";
  });
}

void CheckHistories(const TwoTowerSpec& spec, const base::QueryBatch& batch, std::size_t values, std::int64_t width) {
  const std::size_t pools = spec.settings.history.pools.size();
  RequireQuickly(batch.pools.size() == pools, [&] {
    return "got " + std::to_string(batch.pools.size()) + " history pools, needs " + std::to_string(pools);
  });
  for (const base::Bags& pool : batch.pools) CheckPool(pool, batch.rows(), spec.items);
  CheckSequences(spec, batch);
  RequireQuickly(static_cast<std::int64_t>(values) == batch.rows() * width,
                 [] { return "the output of EncodeUsers has another size"; });
}

std::vector<float> Download(tensor::Backend& backend, Matrix values) {
  std::vector<float> downloaded(static_cast<std::size_t>(values.size()));
  backend.Download(values.data, downloaded.data(), downloaded.size() * sizeof(float));
  backend.Synchronize();
  return downloaded;
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

// The prior of each row, in units of similarity: the weighted sum of its demand, one number per weight.
void FillPriors(std::span<float> rows, std::int64_t width, std::span<const float> log_demand,
                std::span<const float> weights, float scale) {
  for (std::size_t r = 0; r * weights.size() < log_demand.size(); ++r) {
    float prior = 0;
    for (std::size_t w = 0; w < weights.size(); ++w) prior += weights[w] / scale * log_demand[r * weights.size() + w];
    rows[(r + 1) * static_cast<std::size_t>(width) - 1] = prior;
  }
}

// Of a model that is solved for.
void ScaleByDemand(const ModelSettings& settings, std::int64_t width, std::span<const float> log_demand,
                   std::span<float> rows) {
  const auto windows = static_cast<std::size_t>(DemandWidth(settings.prior));
  const auto step = static_cast<std::size_t>(width);
  for (std::size_t row = 0; row * step < rows.size(); ++row) {
    const float factor = DemandFactor(settings, log_demand.subspan(row * windows, windows));
    for (float& value : rows.subspan(row * step, step - 1)) value *= factor;
  }
}

void FillOnes(std::span<float> rows, std::int64_t width) {
  const auto step = static_cast<std::size_t>(width);
  for (std::size_t last = step - 1; last < rows.size(); last += step) rows[last] = 1;
}

}  // namespace

std::int64_t DemandWidth(const PriorSettings& prior) {
  if (prior.kind == PriorKind::kNone) return 0;
  if (prior.kind == PriorKind::kPopularity) return 1;
  return 1 + static_cast<std::int64_t>(prior.further_windows_days.size());
}

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
  if (IsClosedForm(spec.settings.kind)) shoppers.emplace(spec.settings, Download(*backend, parameters.table(0)));
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
  if (shoppers) ScaleByDemand(spec.settings, width, log_demand, out);
  const float scale = Download(*backend, parameters.dense(layout.scale)).front();
  FillPriors(out, width, log_demand, Download(*backend, parameters.dense(layout.prior_weight)), scale);
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

float TwoTower::LogitScale() const {
  return Download(*state_->backend, state_->parameters.dense(state_->layout.scale)).front();
}

void TwoTower::ReplaceDemand(std::vector<float> log_demand) {
  CheckDemand(state_->spec, log_demand);
  state_->items.log_demand = std::move(log_demand);
}

std::vector<float> TwoTower::PriorWeights() const {
  if (state_->layout.prior_weight == state_->layout.kAbsent) return {};
  return Download(*state_->backend, state_->parameters.dense(state_->layout.prior_weight));
}

void TwoTower::ReplacePriorWeights(const std::vector<float>& weights) {
  const std::int64_t width = DemandWidth(state_->spec.settings.prior);
  Require(static_cast<std::int64_t>(weights.size()) == width,
          "the prior has " + std::to_string(width) + " weights, got " + std::to_string(weights.size()));
  if (weights.empty()) return;
  const Matrix target = state_->parameters.dense(state_->layout.prior_weight);
  state_->backend->Upload(weights.data(), target.data, weights.size() * sizeof(float));
  state_->backend->Synchronize();
}

void TwoTower::ReplaceItemTable(std::span<const float> rows) {
  const Matrix table = state_->parameters.table(0);
  Require(static_cast<std::int64_t>(rows.size()) == table.size(),
          "the item table has " + std::to_string(table.size()) + " numbers, got " + std::to_string(rows.size()));
  state_->backend->Upload(rows.data(), table.data, rows.size() * sizeof(float));
  state_->backend->Synchronize();
  state_->Publish();
}

void TwoTower::EncodeUsers(const base::QueryBatch& batch, std::span<float> out) const {
  CheckHistories(state_->spec, batch, out.size(), vector_width());
  if (state_->shoppers) {  // who have no context
    state_->shoppers->Encode(batch.pools, vector_width(), out);
    return FillOnes(out, vector_width());
  }
  CheckFeatures("context", state_->spec.context_features, state_->spec.context_dense, batch.context, batch.rows());
  if (batch.rows() == 0) return;
  UserTower tower(state_->spec, state_->layout, *state_->backend);
  const Matrix vectors = tower.Forward(state_->parameters, state_->ItemVectors(), batch, DropoutPlan());
  DownloadRows(*state_->backend, vectors, vector_width(), out);
  if (vector_width() == vectors.columns) return;
  FillOnes(out, vector_width());
}

void TwoTower::EncodeItems(std::int64_t first, std::int64_t count, std::span<float> out) const {
  const std::int64_t items = state_->spec.items;
  Require(first >= 0 && count >= 0 && first + count <= items,
          "items [" + std::to_string(first) + ", " + std::to_string(first + count) +
              ") are outside of the catalog of " + std::to_string(items));
  const std::int64_t dimension = state_->layout.dimension;
  const ConstMatrix inputs(state_->ItemVectors().data + first * dimension, count, dimension);
  std::span<const float> demand = state_->items.log_demand;
  const auto demand_width = static_cast<std::size_t>(DemandWidth(state_->spec.settings.prior));
  demand =
      demand.subspan(static_cast<std::size_t>(first) * demand_width, static_cast<std::size_t>(count) * demand_width);
  state_->EncodeInputs(inputs, demand, out);
}

void TwoTower::EncodeNewItems(const ItemInputs& items, std::span<float> out) const {
  const std::int64_t rows = items.features.rows;
  CheckFeatures("item features", state_->spec.item_features, state_->spec.item_dense, items.features, rows);
  if (rows == 0) return;
  std::vector<float> demand = items.log_demand;
  demand.resize(static_cast<std::size_t>(rows * DemandWidth(state_->spec.settings.prior)), 0.0F);
  ItemRows selected(state_->layout, *state_->backend);
  selected.SelectWithoutIds(items.features);
  const auto bytes = static_cast<std::size_t>(rows * state_->layout.dimension) * sizeof(float);
  const tensor::Buffer memory = state_->backend->Allocate(bytes);
  const Matrix inputs = {memory.As<float>(), rows, state_->layout.dimension};
  selected.Forward(state_->parameters, inputs);
  state_->EncodeInputs(inputs, demand, out);
}

}  // namespace shortlist::model
