// The operations in plain float64 loops, straight from their definitions; matrices are row-major. Slow and simple.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bags.h"
#include "conformance/closeness.h"
#include "tensor/backend.h"

namespace shortlist::conformance {

Doubles GatherPool(const Doubles& table, std::int64_t columns, const base::Bags& bags, const Doubles& weights);

// gradient of [table_rows, columns] from the gradient of the pooled rows.
Doubles ScatterAdd(const Doubles& pooled_gradient, std::int64_t columns, const base::Bags& bags, const Doubles& weights,
                   std::int64_t table_rows);

// One row of parameters and its state by the rule of `optimizer`, in place.
void UpdateRow(const tensor::Optimizer& optimizer, const Doubles& gradient, Doubles& parameters, Doubles& state);

struct LinearShape {
  std::int64_t batch;
  std::int64_t inputs;
  std::int64_t outputs;
};
// Before the activation.
Doubles Affine(const LinearShape& shape, const Doubles& input, const Doubles& weight, const Doubles& bias);
Doubles Relu(Doubles values);

struct LinearGradients {
  Doubles input;
  Doubles weight;
  Doubles bias;
};
// `slope` is d loss / d Affine.
LinearGradients AffineBackward(const LinearShape& shape, const Doubles& input, const Doubles& weight,
                               const Doubles& slope);

Doubles NormalizeRows(const Doubles& input, std::int64_t columns);
Doubles NormalizeRowsBackward(const Doubles& input, const Doubles& out_gradient, std::int64_t columns);

struct SoftmaxProblem {
  std::int64_t dimensions = 0;
  Doubles queries;     // [B, dimensions]
  Doubles candidates;  // [N, dimensions]
  std::vector<std::int32_t> positives;
  std::vector<std::int32_t> item_ids;  // empty: no masking
  Doubles bias;                        // empty: zero
  Doubles positive_bias;               // empty: zero
  std::int64_t first_negative = 0;
  Doubles row_weights;  // empty: one
  double scale = 1;

  std::int64_t rows() const { return static_cast<std::int64_t>(positives.size()); }
  std::int64_t columns() const { return static_cast<std::int64_t>(candidates.size()) / dimensions; }
};
struct SoftmaxSolution {
  double loss = 0;
  Doubles query_gradient;
  Doubles candidate_gradient;
  double scale_gradient = 0;
};
double SoftmaxLoss(const SoftmaxProblem& problem);
SoftmaxSolution SolveSoftmax(const SoftmaxProblem& problem);

struct Neighbor {
  std::int32_t id;
  double score;
};
// Row by row, k places each; missing places hold id -1 and -infinity.
std::vector<Neighbor> TopK(const Doubles& queries, const Doubles& candidates, std::int64_t dimensions, std::int64_t k,
                           const base::Bags& excluded);

// Philox4x32-10 of counter {index, stream} and key seed, word by word from the paper's definition.
std::uint32_t RandomWord(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
double Uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);
double Normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

}  // namespace shortlist::conformance
