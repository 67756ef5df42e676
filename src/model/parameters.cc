#include "model/parameters.h"

namespace shortlist::model {
namespace {

constexpr std::int64_t kAlignment = 16;

std::vector<std::int64_t> Widths(std::int64_t dimension, const std::vector<std::int64_t>& hidden) {
  std::vector<std::int64_t> widths = {dimension};
  widths.insert(widths.end(), hidden.begin(), hidden.end());
  widths.push_back(dimension);
  return widths;
}

void AddWeights(const std::string& tower, const std::vector<std::int64_t>& hidden, ParameterLayout& layout,
                PerceptronLayout& perceptron) {
  if (hidden.empty()) return;
  const std::vector<std::int64_t> widths = Widths(layout.dimension, hidden);
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const std::string name = tower + ".layer_" + std::to_string(l) + ".weight";
    perceptron.weights.push_back(layout.AddDense(name, widths[l], widths[l + 1]));
  }
}

void AddLayerBiases(const std::string& tower, ParameterLayout& layout, PerceptronLayout& perceptron) {
  for (std::size_t l = 0; l < perceptron.weights.size(); ++l) {
    const std::string name = tower + ".layer_" + std::to_string(l) + ".bias";
    perceptron.biases.push_back(layout.AddDense(name, 1, layout.dense[perceptron.weights[l]].columns));
  }
}

void AddTables(const TwoTowerSpec& spec, ParameterLayout& layout) {
  layout.tables.push_back({"item_id.embedding", spec.items});
  for (const FeatureShape& feature : spec.item_features) {
    layout.tables.push_back({"item_feature." + feature.name + ".embedding", feature.cardinality});
  }
  layout.item_feature_tables = spec.item_features.size();
  layout.first_context_table = layout.tables.size();
  for (const FeatureShape& feature : spec.context_features) {
    layout.tables.push_back({"context_feature." + feature.name + ".embedding", feature.cardinality});
  }
}

// Adds what has been added to the layout since it had `begin` values.
void AddRun(const ParameterLayout& layout, std::int64_t begin, std::vector<DenseRun>& runs) {
  if (layout.dense_size > begin) runs.push_back({begin, layout.dense_size});
}

}  // namespace

std::size_t ParameterLayout::AddDense(std::string name, std::int64_t rows, std::int64_t columns) {
  dense.push_back({std::move(name), rows, columns, dense_size});
  dense_size += (rows * columns + kAlignment - 1) / kAlignment * kAlignment;
  return dense.size() - 1;
}

ParameterLayout::ParameterLayout(const TwoTowerSpec& spec) : dimension(spec.settings.dimension) {
  AddTables(spec, *this);
  AddMatrices(spec);
  matrices_end = dense_size;
  AddBiases(spec);
  const std::int64_t rest_begin = dense_size;
  const std::int64_t demand_width = DemandWidth(spec.settings.prior);
  if (demand_width > 0) prior_weight = AddDense("prior.weight", demand_width, 1);
  scale_offset = dense_size;
  scale = AddDense("scale", 1, 1);
  AddRun(*this, rest_begin, item_head_runs);
}

void ParameterLayout::AddMatrices(const TwoTowerSpec& spec) {
  if (spec.item_dense > 0) item_dense = AddDense("item_dense.weight", spec.item_dense, dimension);
  AddRun(*this, 0, item_input_runs);
  const std::int64_t user_begin = dense_size;
  if (spec.context_dense > 0) context_dense = AddDense("context_dense.weight", spec.context_dense, dimension);
  const bool mixes = !IsClosedForm(spec.settings.kind);
  const std::size_t pools = mixes ? spec.settings.history.pools.size() : 0;
  for (std::size_t p = 0; pools > 1 && p < pools; ++p) {
    const std::string name = "pool_" + std::to_string(p) + ".weight";
    pool_mixers.push_back(AddDense(name, dimension, dimension));
  }
  AddEncoderMatrices(spec.settings.history, *this);
  AddWeights("user", spec.settings.user_hidden, *this, user);
  AddRun(*this, user_begin, user_runs);
  const std::int64_t item_begin = dense_size;
  AddWeights("item", spec.settings.item_hidden, *this, item);
  AddRun(*this, item_begin, item_head_runs);
}

void ParameterLayout::AddBiases(const TwoTowerSpec& spec) {
  const std::int64_t user_begin = dense_size;
  AddEncoderVectors(spec.settings.history, *this);
  AddLayerBiases("user", *this, user);
  AddRun(*this, user_begin, user_runs);
  const std::int64_t item_begin = dense_size;
  AddLayerBiases("item", *this, item);
  AddRun(*this, item_begin, item_head_runs);
}

Parameters::Parameters(const ParameterLayout& layout, tensor::Backend& backend)
    : dense_size_(layout.dense_size), shapes_(layout.dense) {
  for (const TableShape& shape : layout.tables) {
    const auto bytes = static_cast<std::size_t>(shape.rows * layout.dimension) * sizeof(float);
    table_memory_.push_back(backend.Allocate(bytes));
    tables_.push_back({table_memory_.back().As<float>(), shape.rows, layout.dimension});
  }
  const auto bytes = static_cast<std::size_t>(dense_size_) * sizeof(float);
  dense_ = backend.Allocate(bytes);
  backend.Zero(dense_.As<void>(), bytes);
}

tensor::Matrix Parameters::dense(std::size_t index) const {
  const DenseShape& shape = shapes_[index];
  return {dense_.As<float>() + shape.offset, shape.rows, shape.columns};
}

Gradients::Gradients(const ParameterLayout& layout, tensor::Backend& backend)
    : backend_(&backend),
      tables_(layout.tables.size()),
      values_(WithoutTables(layout), backend),
      uses_(layout.tables.size()) {}

ParameterLayout Gradients::WithoutTables(ParameterLayout layout) {
  layout.tables.clear();
  return layout;
}

void Gradients::Clear() {
  uses_.resize(tables_);
  for (std::vector<tensor::SparseGradient>& uses : uses_) uses.clear();
  const tensor::Matrix all = flat_dense();
  backend_->Zero(all.data, static_cast<std::size_t>(all.size()) * sizeof(float));
}

void Gradients::Add(std::size_t table, const tensor::BagsView& bags, tensor::ConstMatrix grad) {
  uses_[table].push_back({bags, grad});
}

}  // namespace shortlist::model
