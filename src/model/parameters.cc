#include "model/parameters.h"

#include <cmath>

namespace shortlist::model {
namespace {

constexpr std::int64_t kAlignment = 16;

std::size_t AddDense(ParameterLayout& layout, std::string name, std::int64_t rows, std::int64_t columns) {
  layout.dense.push_back({std::move(name), rows, columns, layout.dense_size});
  layout.dense_size += (rows * columns + kAlignment - 1) / kAlignment * kAlignment;
  return layout.dense.size() - 1;
}

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
    perceptron.weights.push_back(AddDense(layout, name, widths[l], widths[l + 1]));
  }
}

void AddBiases(const std::string& tower, ParameterLayout& layout, PerceptronLayout& perceptron) {
  for (std::size_t l = 0; l < perceptron.weights.size(); ++l) {
    const std::string name = tower + ".layer_" + std::to_string(l) + ".bias";
    perceptron.biases.push_back(AddDense(layout, name, 1, layout.dense[perceptron.weights[l]].columns));
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

void AddMatrices(const TwoTowerSpec& spec, ParameterLayout& layout) {
  const std::int64_t dimension = layout.dimension;
  if (spec.item_dense > 0) layout.item_dense = AddDense(layout, "item_dense.weight", spec.item_dense, dimension);
  if (spec.context_dense > 0) {
    layout.context_dense = AddDense(layout, "context_dense.weight", spec.context_dense, dimension);
  }
  const std::size_t pools = spec.settings.history.pools.size();
  for (std::size_t p = 0; pools > 1 && p < pools; ++p) {
    const std::string name = "pool_" + std::to_string(p) + ".weight";
    layout.pool_mixers.push_back(AddDense(layout, name, dimension, dimension));
  }
  AddWeights("user", spec.settings.user_hidden, layout, layout.user);
  AddWeights("item", spec.settings.item_hidden, layout, layout.item);
}

// One random stream per array, so that an array's values do not depend on the others' sizes.
class Initializer {
 public:
  Initializer(std::uint64_t seed, tensor::Backend& backend) : seed_(seed), backend_(backend) {}

  void Normal(tensor::Matrix values, double deviation) {
    backend_.FillNormal(values.data, values.size(), static_cast<float>(deviation), {seed_, stream_++}, 0);
  }
  void Layer(tensor::Matrix weight) { Normal(weight, 1.0 / std::sqrt(3.0 * static_cast<double>(weight.rows))); }
  void Constant(tensor::Matrix value, double constant) { Set(value, {static_cast<float>(constant)}); }
  void Identity(tensor::Matrix square, double factor) {
    std::vector<float> values(static_cast<std::size_t>(square.size()), 0.0F);
    for (std::int64_t i = 0; i < square.rows; ++i) {
      values[static_cast<std::size_t>(i * square.columns + i)] = static_cast<float>(factor);
    }
    Set(square, values);
  }

 private:
  void Set(tensor::Matrix target, const std::vector<float>& values) {
    backend_.Upload(values.data(), target.data, values.size() * sizeof(float));
    backend_.Synchronize();
  }

  std::uint64_t seed_;
  std::uint64_t stream_ = 0;
  tensor::Backend& backend_;
};

}  // namespace

ParameterLayout::ParameterLayout(const TwoTowerSpec& spec) : dimension(spec.settings.dimension) {
  AddTables(spec, *this);
  AddMatrices(spec, *this);
  matrices_end = dense_size;
  AddBiases("user", *this, user);
  AddBiases("item", *this, item);
  if (spec.settings.prior.kind != PriorKind::kNone) prior_weight = AddDense(*this, "prior.weight", 1, 1);
  scale_offset = dense_size;
  scale = AddDense(*this, "scale", 1, 1);
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

void Initialize(const TwoTowerSpec& spec, const ParameterLayout& layout, std::uint64_t seed, tensor::Backend& backend,
                Parameters& parameters) {
  const double deviation = spec.settings.initial_deviation;
  Initializer initialize(seed, backend);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) initialize.Normal(parameters.table(t), deviation);
  if (layout.item_dense != layout.kAbsent) initialize.Normal(parameters.dense(layout.item_dense), deviation);
  if (layout.context_dense != layout.kAbsent) initialize.Normal(parameters.dense(layout.context_dense), deviation);
  const double share = 1.0 / static_cast<double>(layout.pool_mixers.size());
  for (const std::size_t mixer : layout.pool_mixers) initialize.Identity(parameters.dense(mixer), share);
  for (const std::size_t weight : layout.user.weights) initialize.Layer(parameters.dense(weight));
  for (const std::size_t weight : layout.item.weights) initialize.Layer(parameters.dense(weight));
  if (layout.prior_weight != layout.kAbsent) {
    initialize.Constant(parameters.dense(layout.prior_weight), spec.settings.prior.weight);
  }
  initialize.Constant(parameters.dense(layout.scale), 1.0 / spec.settings.temperature);
}

Gradients::Gradients(const ParameterLayout& layout, tensor::Backend& backend)
    : backend_(&backend), values_(WithoutTables(layout), backend), uses_(layout.tables.size()) {}

ParameterLayout Gradients::WithoutTables(ParameterLayout layout) {
  layout.tables.clear();
  return layout;
}

void Gradients::Clear() {
  for (std::vector<tensor::SparseGradient>& uses : uses_) uses.clear();
  const tensor::Matrix all = flat_dense();
  backend_->Zero(all.data, static_cast<std::size_t>(all.size()) * sizeof(float));
}

void Gradients::Add(std::size_t table, const tensor::BagsView& bags, tensor::ConstMatrix grad) {
  uses_[table].push_back({bags, grad});
}

}  // namespace shortlist::model
