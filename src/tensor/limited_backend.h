// A backend with less memory.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "tensor/backend.h"

namespace shortlist::tensor {

// Computes on another backend, which must outlive it, and allocates up to a limit there: beyond it, Allocate throws
// Error{kResourceExhausted}. Counts what is allocated.
class LimitedBackend final : public Backend {
 public:
  LimitedBackend(Backend& backend, std::size_t limit_bytes) : backend_(&backend), limit_(limit_bytes) {}

  std::size_t peak_bytes() const { return peak_; }

  std::string Name() const override { return backend_->Name(); }
  Buffer Allocate(std::size_t bytes) override;
  void Free(void* data, std::size_t bytes) noexcept override;
  void Upload(const void* host, void* device, std::size_t bytes) override { backend_->Upload(host, device, bytes); }
  void Download(const void* device, void* host, std::size_t bytes) override { backend_->Download(device, host, bytes); }
  void Copy(const void* source, void* target, std::size_t bytes) override { backend_->Copy(source, target, bytes); }
  void Zero(void* data, std::size_t bytes) override { backend_->Zero(data, bytes); }
  void Synchronize() override { backend_->Synchronize(); }
  void RunStep(const std::function<void()>& step) override { backend_->RunStep(step); }
  void GatherPool(ConstMatrix table, BagsView bags, Write write, Matrix out) override {
    backend_->GatherPool(table, bags, write, out);
  }
  void SparseUpdate(Matrix table, Matrix state, std::span<const SparseGradient> uses,
                    const Optimizer& optimizer) override {
    backend_->SparseUpdate(table, state, uses, optimizer);
  }
  void ScatterAdd(std::span<const SparseGradient> uses, Matrix gradient) override {
    backend_->ScatterAdd(uses, gradient);
  }
  void Linear(ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) override {
    backend_->Linear(input, weight, bias, activation, out);
  }
  void LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                      ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                      Matrix weight_gradient, float* bias_gradient) override {
    backend_->LinearBackward(input, weight, out, activation, out_gradient, scratch, input_gradient, write,
                             weight_gradient, bias_gradient);
  }
  void NormalizeRows(ConstMatrix input, Matrix out, float* norms) override {
    backend_->NormalizeRows(input, out, norms);
  }
  void NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                             Matrix input_gradient) override {
    backend_->NormalizeRowsBackward(out, norms, out_gradient, input_gradient);
  }
  void LayerNorm(ConstMatrix input, const float* gain, const float* bias, Matrix out, float* statistics) override {
    backend_->LayerNorm(input, gain, bias, out, statistics);
  }
  void LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics, ConstMatrix out_gradient,
                         Matrix input_gradient, float* gain_gradient, float* bias_gradient) override {
    backend_->LayerNormBackward(input, gain, statistics, out_gradient, input_gradient, gain_gradient, bias_gradient);
  }
  void CausalAttention(const AttentionInputs& inputs, Matrix out, float* log_sums) override {
    backend_->CausalAttention(inputs, out, log_sums);
  }
  void CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                               ConstMatrix out_gradient, const AttentionGradients& gradients) override {
    backend_->CausalAttentionBackward(inputs, out, log_sums, out_gradient, gradients);
  }
  void Gru(ConstMatrix input_gates, SequencesView sequences, ConstMatrix recurrent_weight, Matrix out,
           Matrix gates) override {
    backend_->Gru(input_gates, sequences, recurrent_weight, out, gates);
  }
  void GruBackward(SequencesView sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                   ConstMatrix out_gradient, Matrix scratch, Matrix input_gate_gradient,
                   Matrix recurrent_weight_gradient) override {
    backend_->GruBackward(sequences, recurrent_weight, out, gates, out_gradient, scratch, input_gate_gradient,
                          recurrent_weight_gradient);
  }
  void SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) override {
    backend_->SoftmaxLoss(inputs, outputs);
  }
  void Dropout(Matrix values, float rate, RandomKey key, std::int64_t first) override {
    backend_->Dropout(values, rate, key, first);
  }
  void AddScaled(const float* x, float alpha, float* y, std::int64_t size) override {
    backend_->AddScaled(x, alpha, y, size);
  }
  void Scale(float* values, float factor, std::int64_t size) override { backend_->Scale(values, factor, size); }
  void MovingAverage(const float* source, float decay, float* values, std::int64_t size) override {
    backend_->MovingAverage(source, decay, values, size);
  }
  void RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) override {
    backend_->RoundToBfloat16(values, rounded, size);
  }
  void WidenBfloat16(const std::uint16_t* rounded, Write write, float* values, std::int64_t size) override {
    backend_->WidenBfloat16(rounded, write, values, size);
  }
  void SquaredNorm(const float* values, std::int64_t size, float* result) override {
    backend_->SquaredNorm(values, size, result);
  }
  void ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) override {
    backend_->ClipByNorm(values, squared_norm, limit, size);
  }
  void DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                   const Optimizer& optimizer) override {
    backend_->DenseUpdate(parameters, gradient, state, size, optimizer);
  }
  void FillNormal(float* values, std::int64_t size, float deviation, RandomKey key, std::int64_t first) override {
    backend_->FillNormal(values, size, deviation, key, first);
  }
  void TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, BagsView excluded, std::int32_t* ids,
            float* scores) override {
    backend_->TopK(queries, candidates, k, excluded, ids, scores);
  }

 private:
  Backend* backend_;
  std::size_t limit_;
  std::size_t allocated_ = 0;
  std::size_t peak_ = 0;
  std::unordered_map<void*, Buffer> buffers_;
};

}  // namespace shortlist::tensor
