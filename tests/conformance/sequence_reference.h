// The operations of sequence encoders in plain float64 loops, straight from their definitions.
#pragma once

#include <cstdint>
#include <vector>

#include "conformance/closeness.h"

namespace shortlist::conformance {

struct LayerNormProblem {
  std::int64_t columns = 0;
  Doubles input;
  Doubles gain;
  Doubles bias;
};
struct LayerNormGradients {
  Doubles input;
  Doubles gain;
  Doubles bias;
};
Doubles LayerNorm(const LayerNormProblem& problem);
LayerNormGradients LayerNormBackward(const LayerNormProblem& problem, const Doubles& out_gradient);

struct AttentionProblem {
  std::vector<std::int64_t> offsets{0};
  std::int64_t heads = 1;
  std::int64_t key_columns = 0;
  std::int64_t value_columns = 0;
  std::int64_t distances = 0;  // 0: no bias
  Doubles queries;
  Doubles keys;
  Doubles values;
  Doubles distance_bias;  // [heads, distances]

  std::int64_t rows() const { return offsets.back(); }
};
struct AttentionSolution {
  Doubles queries;
  Doubles keys;
  Doubles values;
  Doubles distance_bias;
};
Doubles Attend(const AttentionProblem& problem);
AttentionSolution AttendBackward(const AttentionProblem& problem, const Doubles& out_gradient);

struct GruProblem {
  std::vector<std::int64_t> offsets{0};
  std::int64_t width = 0;
  Doubles input_gates;       // [rows, 3 * width]
  Doubles recurrent_weight;  // [width, 3 * width]

  std::int64_t rows() const { return offsets.back(); }
};
struct GruGradients {
  Doubles input_gates;
  Doubles recurrent_weight;
};
Doubles Gru(const GruProblem& problem);
GruGradients GruBackward(const GruProblem& problem, const Doubles& out_gradient);

}  // namespace shortlist::conformance
