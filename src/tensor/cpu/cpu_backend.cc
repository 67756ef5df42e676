#include "tensor/cpu/cpu_backend.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <sys/mman.h>

#include "shortlist/error.h"
#include "tensor/contract.h"
#include "tensor/cpu/causal_attention.h"
#include "tensor/cpu/elementwise.h"
#include "tensor/cpu/gather_pool.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/gru.h"
#include "tensor/cpu/layer_norm.h"
#include "tensor/cpu/linear.h"
#include "tensor/cpu/normalize_rows.h"
#include "tensor/cpu/random.h"
#include "tensor/cpu/softmax_loss.h"
#include "tensor/cpu/sparse_update.h"
#include "tensor/cpu/tile_factor.h"
#include "tensor/cpu/top_k.h"

namespace shortlist::tensor {
namespace cpu {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{1} << 21;
constexpr std::size_t kMostBytes = std::numeric_limits<std::ptrdiff_t>::max();

// Rows of large tables are met at random; with huge pages their addresses are found in the TLB. Asking is enough: what
// the system does not grant only costs speed.
void* AllocateHugePages(std::size_t bytes) {
  void* data = std::aligned_alloc(kHugePage, bytes);
  if (data != nullptr) madvise(data, bytes, MADV_HUGEPAGE);
  return data;
}

std::size_t RoundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// Null if there is no memory.
void* AllocateAligned(std::size_t bytes) {
  if (bytes >= 2 * kHugePage) return AllocateHugePages(RoundUp(bytes, kHugePage));
  return std::aligned_alloc(kAlignment, std::max(kAlignment, RoundUp(bytes, kAlignment)));
}

}  // namespace

CpuBackend::CpuBackend(int threads, Precision precision) : pool_(threads), precision_(CpuPrecision(precision)) {
  RunBlasInCallingThread();
}

Buffer CpuBackend::Allocate(std::size_t bytes) {
  void* data = bytes > kMostBytes ? nullptr : AllocateAligned(bytes);
  if (data == nullptr) {
    throw Error(Code::kResourceExhausted, "Allocate: no memory for " + std::to_string(bytes) + " bytes on " + Name());
  }
  return {this, data, bytes};
}

void CpuBackend::Free(void* data, std::size_t /*bytes*/) noexcept {
  std::free(data);
}

void CpuBackend::Upload(const void* host, void* device, std::size_t bytes) {
  Copy(host, device, bytes);
}

void CpuBackend::Download(const void* device, void* host, std::size_t bytes) {
  Copy(device, host, bytes);
}

void CpuBackend::Copy(const void* source, void* target, std::size_t bytes) {
  if (bytes > 0) std::memcpy(target, source, bytes);
}

void CpuBackend::Zero(void* data, std::size_t bytes) {
  if (bytes > 0) std::memset(data, 0, bytes);
}

void CpuBackend::GatherPool(ConstMatrix table, BagsView bags, Write write, Matrix out) {
  contract::GatherPool(table, bags, out);
  cpu::GatherPool(pool_, table, bags, write, out);
}

void CpuBackend::SparseUpdate(Matrix table, Matrix state, std::span<const SparseGradient> uses,
                              const Optimizer& optimizer) {
  contract::SparseUpdate(table, state, uses, optimizer);
  cpu::SparseUpdate(pool_, table, state, uses, optimizer);
}

void CpuBackend::ScatterAdd(std::span<const SparseGradient> uses, Matrix gradient) {
  contract::ScatterAdd(uses, gradient);
  cpu::ScatterAdd(pool_, uses, gradient);
}

void CpuBackend::Linear(ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) {
  contract::Linear(input, weight, out);
  cpu::Linear(pool_, precision_, input, weight, bias, activation, out);
}

void CpuBackend::LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                                ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                                Matrix weight_gradient, float* bias_gradient) {
  contract::LinearBackward(input, weight, out, out_gradient, scratch, input_gradient, weight_gradient);
  cpu::LinearBackward(pool_, precision_, input, weight, out, activation, out_gradient, scratch, input_gradient, write,
                      weight_gradient, bias_gradient);
}

void CpuBackend::NormalizeRows(ConstMatrix input, Matrix out, float* norms) {
  contract::NormalizeRows(input, out, norms);
  cpu::NormalizeRows(pool_, input, out, norms);
}

void CpuBackend::NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                                       Matrix input_gradient) {
  contract::NormalizeRowsBackward(out, norms, out_gradient, input_gradient);
  cpu::NormalizeRowsBackward(pool_, out, norms, out_gradient, input_gradient);
}

void CpuBackend::LayerNorm(ConstMatrix input, const float* gain, const float* bias, Matrix out, float* statistics) {
  contract::LayerNorm(input, gain, bias, out, statistics);
  cpu::LayerNorm(pool_, input, gain, bias, out, statistics);
}

void CpuBackend::LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics,
                                   ConstMatrix out_gradient, Matrix input_gradient, float* gain_gradient,
                                   float* bias_gradient) {
  contract::LayerNormBackward(input, gain, statistics, out_gradient, input_gradient, gain_gradient, bias_gradient);
  cpu::LayerNormBackward(pool_, input, gain, statistics, out_gradient, input_gradient, gain_gradient, bias_gradient);
}

void CpuBackend::CausalAttention(const AttentionInputs& inputs, Matrix out, float* log_sums) {
  contract::CausalAttention(inputs, out, log_sums);
  cpu::CausalAttention(pool_, inputs, out, log_sums);
}

void CpuBackend::CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                                         ConstMatrix out_gradient, const AttentionGradients& gradients) {
  contract::CausalAttentionBackward(inputs, out, log_sums, out_gradient, gradients);
  cpu::CausalAttentionBackward(pool_, inputs, out, log_sums, out_gradient, gradients);
}

void CpuBackend::Gru(ConstMatrix input_gates, SequencesView sequences, ConstMatrix recurrent_weight, Matrix out,
                     Matrix gates) {
  contract::Gru(input_gates, sequences, recurrent_weight, out, gates);
  cpu::Gru(pool_, precision_, input_gates, sequences, recurrent_weight, out, gates);
}

void CpuBackend::GruBackward(SequencesView sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                             ConstMatrix out_gradient, Matrix scratch, Matrix input_gate_gradient,
                             Matrix recurrent_weight_gradient) {
  contract::GruBackward(sequences, recurrent_weight, out, gates, out_gradient, scratch, input_gate_gradient,
                        recurrent_weight_gradient);
  cpu::GruBackward(pool_, precision_, sequences, recurrent_weight, out, gates, out_gradient, scratch,
                   input_gate_gradient, recurrent_weight_gradient);
}

void CpuBackend::SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) {
  contract::SoftmaxLoss(inputs, outputs);
  cpu::SoftmaxLoss(pool_, precision_, inputs, outputs);
}

void CpuBackend::Dropout(Matrix values, float rate, RandomKey key, std::int64_t first) {
  contract::Dropout(values, rate, first);
  cpu::Dropout(pool_, values, rate, key, first);
}

void CpuBackend::AddScaled(const float* x, float alpha, float* y, std::int64_t size) {
  contract::Array("AddScaled", "x", x, size);
  contract::Array("AddScaled", "y", y, size);
  cpu::AddScaled(pool_, x, alpha, y, size);
}

void CpuBackend::Scale(float* values, float factor, std::int64_t size) {
  contract::Array("Scale", "values", values, size);
  cpu::Scale(pool_, values, factor, size);
}

void CpuBackend::MovingAverage(const float* source, float decay, float* values, std::int64_t size) {
  contract::Array("MovingAverage", "source", source, size);
  contract::Array("MovingAverage", "values", values, size);
  cpu::MovingAverage(pool_, source, decay, values, size);
}

void CpuBackend::RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) {
  contract::Array("RoundToBfloat16", "values", values, size);
  contract::Array("RoundToBfloat16", "rounded", rounded, size);
  cpu::RoundToBfloat16(pool_, values, rounded, size);
}

void CpuBackend::WidenBfloat16(const std::uint16_t* rounded, Write write, float* values, std::int64_t size) {
  contract::Array("WidenBfloat16", "rounded", rounded, size);
  contract::Array("WidenBfloat16", "values", values, size);
  cpu::WidenBfloat16(pool_, rounded, write, values, size);
}

void CpuBackend::SquaredNorm(const float* values, std::int64_t size, float* result) {
  contract::Array("SquaredNorm", "values", values, size);
  contract::Array("SquaredNorm", "result", result, 1);
  cpu::SquaredNorm(pool_, values, size, result);
}

void CpuBackend::ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) {
  contract::Array("ClipByNorm", "values", values, size);
  contract::Array("ClipByNorm", "squared_norm", squared_norm, 1);
  cpu::ClipByNorm(pool_, values, squared_norm, limit, size);
}

void CpuBackend::DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                             const Optimizer& optimizer) {
  contract::DenseUpdate(parameters, gradient, state, size, optimizer);
  if (size > 0) cpu::DenseUpdate(pool_, parameters, gradient, state, size, optimizer);
}

void CpuBackend::FillNormal(float* values, std::int64_t size, float deviation, RandomKey key, std::int64_t first) {
  contract::Array("FillNormal", "values", values, size);
  cpu::FillNormal(pool_, values, size, deviation, key, first);
}

void CpuBackend::TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, BagsView excluded, std::int32_t* ids,
                      float* scores) {
  contract::TopK(queries, candidates, k, excluded, ids, scores);
  cpu::TopK(pool_, queries, candidates, k, excluded, ids, scores);
}

}  // namespace cpu

Precision CpuPrecision(Precision wanted) {
  return cpu::HasTiles() ? wanted : Precision::kFloat32;
}

std::unique_ptr<Backend> MakeCpuBackend(int threads, Precision precision) {
  return std::make_unique<cpu::CpuBackend>(threads, precision);
}

}  // namespace shortlist::tensor
