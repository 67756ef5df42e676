// The CPU backend: the specification of the compute contract.
#pragma once

#include <string>

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Operations are done when they return. Results do not depend on the number of threads: every operation splits its
// work by its shapes alone, and adds up in a fixed order.
class CpuBackend final : public Backend {
 public:
  CpuBackend(int threads, Precision precision);

  std::string Name() const override { return "cpu"; }

  Buffer Allocate(std::size_t bytes) override;
  void Free(void* data, std::size_t bytes) noexcept override;
  void Upload(const void* host, void* device, std::size_t bytes) override;
  void Download(const void* device, void* host, std::size_t bytes) override;
  void Copy(const void* source, void* target, std::size_t bytes) override;
  void Zero(void* data, std::size_t bytes) override;
  void Synchronize() override {}

  void GatherPool(ConstMatrix table, BagsView bags, Write write, Matrix out) override;
  void SparseUpdate(Matrix table, Matrix state, std::span<const SparseGradient> uses,
                    const Optimizer& optimizer) override;
  void ScatterAdd(std::span<const SparseGradient> uses, Matrix gradient) override;
  void Linear(ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) override;
  void LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                      ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                      Matrix weight_gradient, float* bias_gradient) override;
  void NormalizeRows(ConstMatrix input, Matrix out, float* norms) override;
  void NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                             Matrix input_gradient) override;
  void LayerNorm(ConstMatrix input, const float* gain, const float* bias, Matrix out, float* statistics) override;
  void LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics, ConstMatrix out_gradient,
                         Matrix input_gradient, float* gain_gradient, float* bias_gradient) override;
  void CausalAttention(const AttentionInputs& inputs, Matrix out, float* log_sums) override;
  void CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                               ConstMatrix out_gradient, const AttentionGradients& gradients) override;
  void Gru(ConstMatrix input_gates, SequencesView sequences, ConstMatrix recurrent_weight, Matrix out,
           Matrix gates) override;
  void GruBackward(SequencesView sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                   ConstMatrix out_gradient, Matrix scratch, Matrix input_gate_gradient,
                   Matrix recurrent_weight_gradient) override;
  void SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) override;
  void Dropout(Matrix values, float rate, RandomKey key, std::int64_t first) override;
  void AddScaled(const float* x, float alpha, float* y, std::int64_t size) override;
  void Scale(float* values, float factor, std::int64_t size) override;
  void MovingAverage(const float* source, float decay, float* values, std::int64_t size) override;
  void RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) override;
  void WidenBfloat16(const std::uint16_t* rounded, Write write, float* values, std::int64_t size) override;
  void SquaredNorm(const float* values, std::int64_t size, float* result) override;
  void ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) override;
  void DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                   const Optimizer& optimizer) override;
  void FillNormal(float* values, std::int64_t size, float deviation, RandomKey key, std::int64_t first) override;
  void TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, BagsView excluded, std::int32_t* ids,
            float* scores) override;

 private:
  base::ThreadPool pool_;
  Precision precision_;
};

}  // namespace shortlist::tensor::cpu
