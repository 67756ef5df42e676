// The parameters of a two-tower model: embedding tables, and all other arrays in one flat buffer so that one call
// updates, averages or clips them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/encoder_layout.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

struct TableShape {
  std::string name;
  std::int64_t rows = 0;
};

// A dense array at `offset` in the flat buffer. Offsets are multiples of 16 values (64 bytes); the gaps are zero.
struct DenseShape {
  std::string name;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t offset = 0;
};

// A run [begin, end) of the flat buffer.
struct DenseRun {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t size() const { return end - begin; }
};

// Positions in ParameterLayout::dense of the layers of a perceptron, first to last; empty for no perceptron.
struct PerceptronLayout {
  std::vector<std::size_t> weights;  // [inputs, outputs]
  std::vector<std::size_t> biases;   // [1, outputs]
};

// Which arrays a model has, fixed by its spec. Positions of optional arrays are kAbsent if the model lacks them.
struct ParameterLayout {
  static constexpr std::size_t kAbsent = model::kAbsent;

  explicit ParameterLayout(const TwoTowerSpec& spec);

  // Adds an array behind the others, and returns its position in `dense`.
  std::size_t AddDense(std::string name, std::int64_t rows, std::int64_t columns);

  std::int64_t dimension = 0;
  std::vector<TableShape> tables;  // item ids, item features, context features
  std::size_t item_feature_tables = 0;
  std::size_t first_context_table = 0;

  // In the flat buffer: matrices, which decay; then biases, gains and the prior's weight; then the scale.
  std::vector<DenseShape> dense;
  std::int64_t matrices_end = 0;  // in values of the flat buffer
  std::int64_t scale_offset = 0;
  std::int64_t dense_size = 0;
  std::size_t item_dense = kAbsent;      // [item dense width, D]
  std::size_t context_dense = kAbsent;   // [context dense width, D]
  std::vector<std::size_t> pool_mixers;  // [D, D] per pool; none if there is one pool
  EncoderLayout encoder;
  PerceptronLayout user;
  PerceptronLayout item;
  std::size_t prior_weight = kAbsent;  // [DemandWidth, 1], in logits per log(events + 1)
  std::size_t scale = kAbsent;         // [1, 1], 1 / temperature

  // All of the flat buffer, by what in a backward pass makes their gradients final: the user tower's, the item tower's
  // head (and the loss before it), and the items' inputs. None is empty.
  std::vector<DenseRun> user_runs;
  std::vector<DenseRun> item_head_runs;
  std::vector<DenseRun> item_input_runs;

 private:
  void AddMatrices(const TwoTowerSpec& spec);
  void AddBiases(const TwoTowerSpec& spec);
};

// Device arrays in the shapes of a layout. Move-only; the backend must outlive it.
class Parameters {
 public:
  // Uninitialized.
  Parameters(const ParameterLayout& layout, tensor::Backend& backend);

  tensor::Matrix table(std::size_t index) const { return tables_[index]; }
  std::size_t tables() const { return tables_.size(); }
  tensor::Matrix dense(std::size_t index) const;
  tensor::Matrix flat_dense() const { return {dense_.As<float>(), 1, dense_size_}; }

 private:
  std::vector<tensor::Buffer> table_memory_;
  std::vector<tensor::Matrix> tables_;
  tensor::Buffer dense_;
  std::int64_t dense_size_ = 0;
  std::vector<DenseShape> shapes_;
};

// Gradients in the same shapes: dense ones as numbers, those of tables as the uses that a sparse update sums.
class Gradients {
 public:
  Gradients(const ParameterLayout& layout, tensor::Backend& backend);

  // Forgets all uses, of tables in the layout's number, and zeroes the dense gradients.
  void Clear();
  void Add(std::size_t table, const tensor::BagsView& bags, tensor::ConstMatrix grad);

  const std::vector<tensor::SparseGradient>& uses(std::size_t table) const { return uses_[table]; }
  std::size_t tables() const { return uses_.size(); }
  // Exchanges the uses of all tables, as many as there are.
  void ReplaceUses(std::vector<std::vector<tensor::SparseGradient>> uses) { uses_ = std::move(uses); }
  tensor::Matrix dense(std::size_t index) const { return values_.dense(index); }
  tensor::Matrix flat_dense() const { return values_.flat_dense(); }

 private:
  static ParameterLayout WithoutTables(ParameterLayout layout);

  tensor::Backend* backend_;
  std::size_t tables_;
  Parameters values_;
  std::vector<std::vector<tensor::SparseGradient>> uses_;
};

}  // namespace shortlist::model
