#include "tensor/contract.h"

#include <string>

#include "shortlist/error.h"

namespace shortlist::tensor::contract {
namespace {

[[noreturn]] void Fail(const char* operation, const std::string& what) {
  throw Error(Code::kInvalidArgument, std::string(operation) + ": " + what);
}

std::string Shape(std::int64_t rows, std::int64_t columns) {
  return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

void Filled(const char* operation, const char* argument, const void* data, std::int64_t size) {
  if (data == nullptr && size > 0) {
    Fail(operation, std::string(argument) + " is null but has " + std::to_string(size) + " elements");
  }
}

void Present(const char* operation, const char* argument, ConstMatrix matrix) {
  if (matrix.rows < 0 || matrix.columns < 0) {
    Fail(operation, std::string(argument) + " has the negative shape " + Shape(matrix.rows, matrix.columns));
  }
  Filled(operation, argument, matrix.data, matrix.size());
}

void Shaped(const char* operation, const char* argument, ConstMatrix matrix, std::int64_t rows, std::int64_t columns) {
  if (matrix.rows != rows || matrix.columns != columns) {
    Fail(operation,
         std::string(argument) + " is " + Shape(matrix.rows, matrix.columns) + ", expected " + Shape(rows, columns));
  }
  Present(operation, argument, matrix);
}

void Ragged(const char* operation, const char* argument, const BagsView& bags) {
  if (bags.rows < 0 || bags.count < 0) {
    Fail(operation, std::string(argument) + " has " + std::to_string(bags.rows) + " rows and " +
                        std::to_string(bags.count) + " ids; neither may be negative");
  }
  if (bags.rows == 0 && bags.count > 0) {
    Fail(operation, std::string(argument) + " has " + std::to_string(bags.count) + " ids but no rows");
  }
  Filled(operation, argument, bags.offsets, bags.rows);
  Filled(operation, argument, bags.ids, bags.count);
}

void Weighted(const char* operation, const char* argument, const BagsView& bags) {
  Ragged(operation, argument, bags);
  Filled(operation, (std::string(argument) + ".weights").c_str(), bags.weights, bags.count);
}

void Uses(const char* operation, std::span<const SparseGradient> uses, std::int64_t columns) {
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const std::string argument = "uses[" + std::to_string(i) + "]";
    Weighted(operation, (argument + ".bags").c_str(), uses[i].bags);
    Shaped(operation, (argument + ".grad").c_str(), uses[i].grad, uses[i].bags.rows, columns);
  }
}

void Ordered(const char* operation, const SequencesView& sequences) {
  const bool fits = sequences.sequences >= 0 && sequences.rows >= 0 && sequences.longest <= sequences.rows &&
                    sequences.longest * sequences.sequences >= sequences.rows;
  if (!fits) {
    Fail(operation, std::to_string(sequences.sequences) + " sequences of " + std::to_string(sequences.longest) +
                        " rows at the most do not make " + std::to_string(sequences.rows) + " rows");
  }
  Filled(operation, "sequences.offsets", sequences.offsets, sequences.sequences);
}

}  // namespace

void GatherPool(ConstMatrix table, const BagsView& bags, ConstMatrix out) {
  Present("GatherPool", "table", table);
  Weighted("GatherPool", "bags", bags);
  Shaped("GatherPool", "out", out, bags.rows, table.columns);
}

void SparseUpdate(ConstMatrix table, ConstMatrix state, std::span<const SparseGradient> uses,
                  const Optimizer& optimizer) {
  Present("SparseUpdate", "table", table);
  Shaped("SparseUpdate", "state", state, table.rows, StateWidth(optimizer.kind, table.columns));
  Uses("SparseUpdate", uses, table.columns);
}

void ScatterAdd(std::span<const SparseGradient> uses, ConstMatrix gradient) {
  Present("ScatterAdd", "gradient", gradient);
  Uses("ScatterAdd", uses, gradient.columns);
}

void Linear(ConstMatrix input, ConstMatrix weight, ConstMatrix out) {
  Present("Linear", "input", input);
  Shaped("Linear", "weight", weight, input.columns, weight.columns);
  Shaped("Linear", "out", out, input.rows, weight.columns);
}

void LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, ConstMatrix out_gradient,
                    ConstMatrix scratch, ConstMatrix input_gradient, ConstMatrix weight_gradient) {
  const char* operation = "LinearBackward";
  Present(operation, "input", input);
  Shaped(operation, "weight", weight, input.columns, weight.columns);
  Shaped(operation, "out", out, input.rows, weight.columns);
  Shaped(operation, "out_gradient", out_gradient, input.rows, weight.columns);
  Shaped(operation, "scratch", scratch, input.rows, weight.columns);
  if (input_gradient.data != nullptr) {
    Shaped(operation, "input_gradient", input_gradient, input.rows, input.columns);
  }
  Shaped(operation, "weight_gradient", weight_gradient, weight.rows, weight.columns);
}

void NormalizeRows(ConstMatrix input, ConstMatrix out, const float* norms) {
  Present("NormalizeRows", "input", input);
  Shaped("NormalizeRows", "out", out, input.rows, input.columns);
  Filled("NormalizeRows", "norms", norms, input.rows);
}

void NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient, ConstMatrix input_gradient) {
  const char* operation = "NormalizeRowsBackward";
  Present(operation, "out", out);
  Filled(operation, "norms", norms, out.rows);
  Shaped(operation, "out_gradient", out_gradient, out.rows, out.columns);
  Shaped(operation, "input_gradient", input_gradient, out.rows, out.columns);
}

void LayerNorm(ConstMatrix input, const float* gain, const float* bias, ConstMatrix out, const float* statistics) {
  const char* operation = "LayerNorm";
  Present(operation, "input", input);
  Filled(operation, "gain", gain, input.columns);
  Filled(operation, "bias", bias, input.columns);
  Shaped(operation, "out", out, input.rows, input.columns);
  Filled(operation, "statistics", statistics, 2 * input.rows);
}

void LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics, ConstMatrix out_gradient,
                       ConstMatrix input_gradient, const float* gain_gradient, const float* bias_gradient) {
  const char* operation = "LayerNormBackward";
  Present(operation, "input", input);
  Filled(operation, "gain", gain, input.columns);
  Filled(operation, "statistics", statistics, 2 * input.rows);
  Shaped(operation, "out_gradient", out_gradient, input.rows, input.columns);
  Shaped(operation, "input_gradient", input_gradient, input.rows, input.columns);
  Filled(operation, "gain_gradient", gain_gradient, input.columns);
  Filled(operation, "bias_gradient", bias_gradient, input.columns);
}

namespace {

void Attended(const char* operation, const AttentionInputs& inputs) {
  Ordered(operation, inputs.sequences);
  const std::int64_t rows = inputs.sequences.rows;
  Shaped(operation, "queries", inputs.queries, rows, inputs.queries.columns);
  Shaped(operation, "keys", inputs.keys, rows, inputs.queries.columns);
  Shaped(operation, "values", inputs.values, rows, inputs.values.columns);
  if (inputs.heads < 1 || inputs.keys.columns % inputs.heads != 0 || inputs.values.columns % inputs.heads != 0) {
    Fail(operation, std::to_string(inputs.heads) + " heads do not divide keys of width " +
                        std::to_string(inputs.keys.columns) + " and values of width " +
                        std::to_string(inputs.values.columns));
  }
  if (inputs.distance_bias.data == nullptr) return;
  Shaped(operation, "distance_bias", inputs.distance_bias, inputs.heads, inputs.distance_bias.columns);
  if (inputs.distance_bias.columns < 1) Fail(operation, "distance_bias has no columns");
}

}  // namespace

void CausalAttention(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums) {
  const char* operation = "CausalAttention";
  Attended(operation, inputs);
  Shaped(operation, "out", out, inputs.values.rows, inputs.values.columns);
  Filled(operation, "log_sums", log_sums, out.rows);
}

void CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                             ConstMatrix out_gradient, const AttentionGradients& gradients) {
  const char* operation = "CausalAttentionBackward";
  Attended(operation, inputs);
  Shaped(operation, "out", out, inputs.values.rows, inputs.values.columns);
  Filled(operation, "log_sums", log_sums, out.rows);
  Shaped(operation, "out_gradient", out_gradient, out.rows, out.columns);
  Shaped(operation, "gradients.queries", gradients.queries, out.rows, inputs.keys.columns);
  Shaped(operation, "gradients.keys", gradients.keys, out.rows, inputs.keys.columns);
  Shaped(operation, "gradients.values", gradients.values, out.rows, out.columns);
  if (inputs.distance_bias.data == nullptr) return;
  Shaped(operation, "gradients.distance_bias", gradients.distance_bias, inputs.heads, inputs.distance_bias.columns);
}

void Gru(ConstMatrix input_gates, const SequencesView& sequences, ConstMatrix recurrent_weight, ConstMatrix out,
         ConstMatrix gates) {
  const char* operation = "Gru";
  const std::int64_t width = recurrent_weight.rows;
  Ordered(operation, sequences);
  Shaped(operation, "recurrent_weight", recurrent_weight, width, 3 * width);
  Shaped(operation, "input_gates", input_gates, sequences.rows, 3 * width);
  Shaped(operation, "out", out, sequences.rows, width);
  Shaped(operation, "gates", gates, sequences.rows, 4 * width);
}

void GruBackward(const SequencesView& sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                 ConstMatrix out_gradient, ConstMatrix scratch, ConstMatrix input_gate_gradient,
                 ConstMatrix recurrent_weight_gradient) {
  const char* operation = "GruBackward";
  const std::int64_t width = recurrent_weight.rows;
  Ordered(operation, sequences);
  Shaped(operation, "recurrent_weight", recurrent_weight, width, 3 * width);
  Shaped(operation, "out", out, sequences.rows, width);
  Shaped(operation, "gates", gates, sequences.rows, 4 * width);
  Shaped(operation, "out_gradient", out_gradient, sequences.rows, width);
  Shaped(operation, "scratch", scratch, sequences.rows, 4 * width);
  Shaped(operation, "input_gate_gradient", input_gate_gradient, sequences.rows, 3 * width);
  Shaped(operation, "recurrent_weight_gradient", recurrent_weight_gradient, width, 3 * width);
}

void SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) {
  const char* operation = "SoftmaxLoss";
  const ConstMatrix& queries = inputs.queries;
  const ConstMatrix& candidates = inputs.candidates;
  Present(operation, "queries", queries);
  Shaped(operation, "candidates", candidates, candidates.rows, queries.columns);
  Shaped(operation, "query_gradient", outputs.query_gradient, queries.rows, queries.columns);
  Shaped(operation, "candidate_gradient", outputs.candidate_gradient, candidates.rows, candidates.columns);
  Filled(operation, "positives", inputs.positives, queries.rows);
  Filled(operation, "scale", inputs.scale, 1);
  Filled(operation, "loss", outputs.loss, 1);
  if (queries.rows > 0 && candidates.rows == 0) Fail(operation, "there are queries but no candidates");
  if (inputs.first_negative < 0 || inputs.first_negative > candidates.rows) {
    Fail(operation, "first_negative is " + std::to_string(inputs.first_negative) + " of " +
                        std::to_string(candidates.rows) + " candidates");
  }
}

void Dropout(ConstMatrix values, float rate, std::int64_t first) {
  Present("Dropout", "values", values);
  if (first < 0) Fail("Dropout", "first is " + std::to_string(first) + ", expected none below 0");
  if (!(rate >= 0 && rate < 1)) Fail("Dropout", "rate is " + std::to_string(rate) + ", expected [0, 1)");
}

void DenseUpdate(const float* parameters, const float* gradient, const float* state, std::int64_t size,
                 const Optimizer& optimizer) {
  Array("DenseUpdate", "parameters", parameters, size);
  Array("DenseUpdate", "gradient", gradient, size);
  if (size > 0) Array("DenseUpdate", "state", state, StateWidth(optimizer.kind, size));
}

void TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
          const std::int32_t* ids, const float* scores) {
  Present("TopK", "queries", queries);
  Shaped("TopK", "candidates", candidates, candidates.rows, queries.columns);
  if (k < 1) Fail("TopK", "k is " + std::to_string(k) + ", expected at least 1");
  Ragged("TopK", "excluded", excluded);
  if (excluded.rows != 0 && excluded.rows != queries.rows) {
    Fail("TopK",
         "excluded has " + std::to_string(excluded.rows) + " rows for " + std::to_string(queries.rows) + " queries");
  }
  Filled("TopK", "ids", ids, queries.rows);
  Filled("TopK", "scores", scores, queries.rows);
}

void Array(const char* operation, const char* argument, const void* data, std::int64_t size) {
  if (size < 0) Fail(operation, std::string(argument) + " has the negative size " + std::to_string(size));
  Filled(operation, argument, data, size);
}

}  // namespace shortlist::tensor::contract
