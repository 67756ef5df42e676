// The compute contract: memory and the coarse operations that models are written against.
//
// The CPU implementation is the specification; others agree with it within the tolerances of tests/conformance. All
// pointers are device pointers of this backend. Operations are queued in order and may return before they are done;
// Synchronize() waits. Outputs never alias inputs unless a parameter is both. Zero rows are a valid no-op. Shapes that
// do not fit throw Error{kInvalidArgument} naming the operation and the shapes; an operation that a backend lacks
// throws Error{kUnimplemented}; an allocation that fails throws Error{kResourceExhausted} with its size. One thread
// uses a backend at a time, except that the CPU backend with one thread may be used by any number of threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "shortlist/settings/precision.h"
#include "tensor/buffer.h"

namespace shortlist::tensor {

enum class Activation { kNone, kRelu };
enum class Write { kOverwrite, kAdd };

// Lengths below this count as this.
inline constexpr float kNormEpsilon = 1e-12F;

// Update rules of embedding rows and dense parameters. State is float32, one row of StateWidth per parameter row.
enum class OptimizerKind { kSgd, kRowwiseAdagrad, kAdagrad, kAdam };

struct Optimizer {
  OptimizerKind kind = OptimizerKind::kAdam;
  float rate = 1e-3F;
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-8F;
  float weight_decay = 0;  // decoupled (AdamW), applied as rate * weight_decay * parameter
};

// Floats of optimizer state per table row of `columns` parameters. kSgd: 0; kRowwiseAdagrad: 1, the sum of mean squared
// gradients; kAdagrad: columns; kAdam: 2 * columns + 1, first moments, second moments, then the row's own step count.
std::int64_t StateWidth(OptimizerKind kind, std::int64_t columns);

// One use of a table in a step: grad[r] is the gradient of the pooled output of bags row r.
struct SparseGradient {
  BagsView bags;
  ConstMatrix grad;  // [bags.rows, table columns]
};

// Sampled softmax cross-entropy. Logit (b, n) = scale * dot(queries[b], candidates[n]) + bias[n], where bias is usually
// -log q(n). Row b's positive is candidate positives[b]; a candidate n != positives[b] whose item_ids[n] equals
// item_ids[positives[b]] is masked out of row b (accidental hit), and so is every candidate n < first_negative other
// than the positive. The logit of the positive has positive_bias[b] added. The loss is the mean over rows, in natural
// logarithms, weighted by row_weights if they are given (mean = sum of weighted losses / rows).
struct SoftmaxLossInputs {
  ConstMatrix queries;                      // [B, D]
  ConstMatrix candidates;                   // [N, D]
  const std::int32_t* positives = nullptr;  // [B], each in [0, N)
  const std::int32_t* item_ids = nullptr;   // [N]; null: no masking
  const float* bias = nullptr;              // [N]; null: zero
  const float* positive_bias = nullptr;     // [B]; null: zero
  std::int64_t first_negative = 0;          // in [0, N]
  const float* row_weights = nullptr;       // [B]; null: one
  const float* scale = nullptr;             // [1], on the device because it may be learned: 1 / temperature
};
struct SoftmaxLossOutputs {
  float* loss = nullptr;            // [1]
  Matrix query_gradient;            // [B, D], d loss / d queries
  Matrix candidate_gradient;        // [N, D]
  float* scale_gradient = nullptr;  // [1]; null: not wanted
  float* bias_gradient = nullptr;   // [N], d loss / d bias, for learned logit terms of candidates; null: not wanted
};

// Added to the variance under the root of a layer normalization.
inline constexpr float kLayerNormEpsilon = 1e-8F;

// Causal multi-head attention (Vaswani et al. 2017) within sequences. Head h reads columns [h * w, (h + 1) * w) of each
// matrix, w = columns / heads; heads divides both widths. Row i reads rows j <= i of its sequence:
//   logit(i, j) = dot(queries[i], keys[j]) / sqrt(w of keys) + distance_bias[h, min(i - j, distances - 1)]
//   out[i] = sum over j of softmax_j(logit(i, j)) * values[j]
struct AttentionInputs {
  ConstMatrix queries;  // [rows, K]
  ConstMatrix keys;     // [rows, K]
  ConstMatrix values;   // [rows, V]
  SequencesView sequences;
  std::int64_t heads = 1;
  ConstMatrix distance_bias;  // [heads, distances]; no data: zero
};
struct AttentionGradients {
  Matrix queries;        // [rows, K], overwritten, as are the next two
  Matrix keys;           // [rows, K]
  Matrix values;         // [rows, V]
  Matrix distance_bias;  // [heads, distances], added to; no data where the inputs have none
};

// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). Value i of stream `stream` under `seed` is the
// same on every backend.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;

  // "cpu", "cuda:0".
  virtual std::string Name() const = 0;

  // Memory. Allocate returns at least 64-byte aligned, uninitialized memory.
  virtual Buffer Allocate(std::size_t bytes) = 0;
  virtual void Free(void* data, std::size_t bytes) noexcept = 0;
  virtual void Upload(const void* host, void* device, std::size_t bytes) = 0;
  virtual void Download(const void* device, void* host, std::size_t bytes) = 0;
  virtual void Copy(const void* source, void* target, std::size_t bytes) = 0;
  virtual void Zero(void* data, std::size_t bytes) = 0;
  virtual void Synchronize() = 0;

  // Calls `step`, which queues operations, uploads among them, but neither downloads nor synchronizes. They take effect
  // in order, as if RunStep were not there; a device may take them all in one piece once the step has returned. If the
  // step throws, that part of its operations which was called may or may not have taken effect.
  virtual void RunStep(const std::function<void()>& step) { step(); }

  // out[r] (+)= sum over row r of weights * table[ids].
  virtual void GatherPool(ConstMatrix table, BagsView bags, Write write, Matrix out) = 0;

  // Sums the gradients of every occurrence of a row over all uses, then updates each touched row and its state once.
  // The order of summation is fixed, so the result does not depend on the number of threads.
  // Row-wise Adagrad: FBGEMM's EXACT_ROWWISE_ADAGRAD; Adam: Kingma & Ba 2015 with a step count per row.
  virtual void SparseUpdate(Matrix table, Matrix state, std::span<const SparseGradient> uses,
                            const Optimizer& optimizer) = 0;

  // Dense gradient of the same uses, for clipping and for tests: gradient[ids] += weights * grad[row].
  virtual void ScatterAdd(std::span<const SparseGradient> uses, Matrix gradient) = 0;

  // out = activation(input [B, I] * weight [I, O] + bias [O]); bias may be null.
  virtual void Linear(ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) = 0;

  // Given out and d loss / d out, writes d loss / d input (skipped when input_gradient.data is null), and adds to
  // weight_gradient and bias_gradient (null: no bias). `scratch` is [B, O].
  virtual void LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                              ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                              Matrix weight_gradient, float* bias_gradient) = 0;

  // out[r] = input[r] / norms[r]; norms[r] = max(|input[r]|, kNormEpsilon).
  virtual void NormalizeRows(ConstMatrix input, Matrix out, float* norms) = 0;
  // input_gradient[r] = (out_gradient[r] - out[r] * dot(out[r], out_gradient[r])) / norms[r]; 0 where norms[r] is
  // kNormEpsilon, because such a row has no direction to learn (the formula would return 1e12 * out_gradient).
  virtual void NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                                     Matrix input_gradient) = 0;

  // out[r] = (input[r] - mean) * deviation * gain + bias over the columns of each row (Ba et al. 2016), deviation =
  // 1 / sqrt(variance + kLayerNormEpsilon). gain and bias are [columns]. Writes mean and deviation of row r to
  // statistics[2 * r] and [2 * r + 1].
  virtual void LayerNorm(ConstMatrix input, const float* gain, const float* bias, Matrix out, float* statistics) = 0;
  // Writes d loss / d input, given input and statistics of the forward pass, and adds to gain_gradient and
  // bias_gradient, in an order that does not depend on the number of threads.
  virtual void LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics,
                                 ConstMatrix out_gradient, Matrix input_gradient, float* gain_gradient,
                                 float* bias_gradient) = 0;

  // out is [rows, V]; log_sums [rows, heads] receives the logarithm of the sum of exp(logit) of each row and head. The
  // rows x rows logits are never stored.
  virtual void CausalAttention(const AttentionInputs& inputs, Matrix out, float* log_sums) = 0;
  // Given what CausalAttention wrote. Sums are in an order that does not depend on the number of threads.
  virtual void CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                                       ConstMatrix out_gradient, const AttentionGradients& gradients) = 0;

  // A gated recurrent unit (Cho et al. 2014, the reset gate after the product, as cuDNN has it) along each sequence
  // from the state h = 0. input_gates [rows, 3 D] are a row's own share of reset gate, update gate and candidate, in
  // this order; recurrent_weight is [D, 3 D], its products with h called R, U and C:
  //   r = sigmoid(own r + R), u = sigmoid(own u + U), n = tanh(own n + r * C), out = h' = (1 - u) * n + u * h
  // gates [rows, 4 D] receives r, u, n and C of each row.
  virtual void Gru(ConstMatrix input_gates, SequencesView sequences, ConstMatrix recurrent_weight, Matrix out,
                   Matrix gates) = 0;
  // Given out and gates of the forward pass, writes d loss / d input_gates and adds to recurrent_weight_gradient, in an
  // order that does not depend on the number of threads. `scratch` is [rows, 4 D].
  virtual void GruBackward(SequencesView sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                           ConstMatrix out_gradient, Matrix scratch, Matrix input_gate_gradient,
                           Matrix recurrent_weight_gradient) = 0;

  // Works on bounded strips and tiles; never stores the B x N logits. No queries: loss and gradients are 0.
  virtual void SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) = 0;

  // Inverted dropout: value i is kept with probability 1 - rate, when Philox uniform first + i >= rate, and scaled by
  // 1 / (1 - rate). The same call on a gradient is its backward pass. In place. `first` is where the values begin in
  // those of all ranks.
  virtual void Dropout(Matrix values, float rate, RandomKey key, std::int64_t first) = 0;

  // y = alpha * x + y, elementwise over [size].
  virtual void AddScaled(const float* x, float alpha, float* y, std::int64_t size) = 0;
  virtual void Scale(float* values, float factor, std::int64_t size) = 0;
  // values[i] = decay * values[i] + (1 - decay) * source[i].
  virtual void MovingAverage(const float* source, float decay, float* values, std::int64_t size) = 0;
  // Between float32 and bfloat16, its upper half: rounded to the nearest, ties to even; a NaN stays one. An array
  // begins at a multiple of its values' size.
  virtual void RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) = 0;
  // values[i] (+)= rounded[i].
  virtual void WidenBfloat16(const std::uint16_t* rounded, Write write, float* values, std::int64_t size) = 0;
  // *result = sum of squares. result is on the device.
  virtual void SquaredNorm(const float* values, std::int64_t size, float* result) = 0;
  // Scales by min(1, limit / sqrt(*squared_norm)), read on the device.
  virtual void ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) = 0;

  // Updates all `size` parameters as one row; `state` is [StateWidth(kind, size)].
  virtual void DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                           const Optimizer& optimizer) = 0;

  // values[i] = deviation * normal i of the stream (Box-Muller on Philox), i from `first`.
  virtual void FillNormal(float* values, std::int64_t size, float deviation, RandomKey key, std::int64_t first) = 0;

  // Exact: for each query the k largest dot products, best first, ties by the smaller candidate. Candidates listed in
  // row r of `excluded` (ids are candidates, weights unused; no rows: none) are left out, as are those that score NaN
  // or -infinity. Missing places hold id -1 and -infinity. ids and scores are [queries.rows, k].
  virtual void TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, BagsView excluded, std::int32_t* ids,
                    float* scores) = 0;
};

// The CPU backend. `threads` as in base::ThreadPool. `precision` is of the matrix products of Linear, Gru and
// SoftmaxLoss and their gradients; TopK is exact.
std::unique_ptr<Backend> MakeCpuBackend(int threads, Precision precision = Precision::kFloat32);

// What the CPU backend has of `wanted`: kFloat32 on processors without matrix tiles.
Precision CpuPrecision(Precision wanted);

}  // namespace shortlist::tensor
