// The compute contract on one NVIDIA device.
#pragma once

#include <memory>
#include <vector>

#include "cuda/queue.h"
#include "cuda/step_graph.h"
#include "cuda/upload_staging.h"
#include "shortlist/settings/precision.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

class CudaBackend : public tensor::Backend {
 public:
  CudaBackend(int device, Precision precision);
  ~CudaBackend() override;

  std::string Name() const override;
  Queue& queue() { return queue_; }

  tensor::Buffer Allocate(std::size_t bytes) override;
  void Free(void* data, std::size_t bytes) noexcept override;
  void Upload(const void* host, void* device, std::size_t bytes) override;
  // Waits until the data are there.
  void Download(const void* device, void* host, std::size_t bytes) override;
  void Copy(const void* source, void* target, std::size_t bytes) override;
  void Zero(void* data, std::size_t bytes) override;
  void Synchronize() override;
  // The first step runs as it is, so that memory is allocated and kernels are loaded; later ones run as graphs.
  void RunStep(const std::function<void()>& step) override;

  void GatherPool(tensor::ConstMatrix table, tensor::BagsView bags, tensor::Write write, tensor::Matrix out) override;
  void SparseUpdate(tensor::Matrix table, tensor::Matrix state, std::span<const tensor::SparseGradient> uses,
                    const tensor::Optimizer& optimizer) override;
  void ScatterAdd(std::span<const tensor::SparseGradient> uses, tensor::Matrix gradient) override;
  void Linear(tensor::ConstMatrix input, tensor::ConstMatrix weight, const float* bias, tensor::Activation activation,
              tensor::Matrix out) override;
  void LinearBackward(tensor::ConstMatrix input, tensor::ConstMatrix weight, tensor::ConstMatrix out,
                      tensor::Activation activation, tensor::ConstMatrix out_gradient, tensor::Matrix scratch,
                      tensor::Matrix input_gradient, tensor::Write write, tensor::Matrix weight_gradient,
                      float* bias_gradient) override;
  void NormalizeRows(tensor::ConstMatrix input, tensor::Matrix out, float* norms) override;
  void NormalizeRowsBackward(tensor::ConstMatrix out, const float* norms, tensor::ConstMatrix out_gradient,
                             tensor::Matrix input_gradient) override;
  void LayerNorm(tensor::ConstMatrix input, const float* gain, const float* bias, tensor::Matrix out,
                 float* statistics) override;
  void LayerNormBackward(tensor::ConstMatrix input, const float* gain, const float* statistics,
                         tensor::ConstMatrix out_gradient, tensor::Matrix input_gradient, float* gain_gradient,
                         float* bias_gradient) override;
  void CausalAttention(const tensor::AttentionInputs& inputs, tensor::Matrix out, float* log_sums) override;
  void CausalAttentionBackward(const tensor::AttentionInputs& inputs, tensor::ConstMatrix out, const float* log_sums,
                               tensor::ConstMatrix out_gradient, const tensor::AttentionGradients& gradients) override;
  void Gru(tensor::ConstMatrix input_gates, tensor::SequencesView sequences, tensor::ConstMatrix recurrent_weight,
           tensor::Matrix out, tensor::Matrix gates) override;
  void GruBackward(tensor::SequencesView sequences, tensor::ConstMatrix recurrent_weight, tensor::ConstMatrix out,
                   tensor::ConstMatrix gates, tensor::ConstMatrix out_gradient, tensor::Matrix scratch,
                   tensor::Matrix input_gate_gradient, tensor::Matrix recurrent_weight_gradient) override;
  void SoftmaxLoss(const tensor::SoftmaxLossInputs& inputs, const tensor::SoftmaxLossOutputs& outputs) override;
  void Dropout(tensor::Matrix values, float rate, tensor::RandomKey key, std::int64_t first) override;
  void AddScaled(const float* x, float alpha, float* y, std::int64_t size) override;
  void Scale(float* values, float factor, std::int64_t size) override;
  void MovingAverage(const float* source, float decay, float* values, std::int64_t size) override;
  void RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) override;
  void WidenBfloat16(const std::uint16_t* rounded, tensor::Write write, float* values, std::int64_t size) override;
  void SquaredNorm(const float* values, std::int64_t size, float* result) override;
  void ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) override;
  void DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                   const tensor::Optimizer& optimizer) override;
  void FillNormal(float* values, std::int64_t size, float deviation, tensor::RandomKey key,
                  std::int64_t first) override;
  void TopK(tensor::ConstMatrix queries, tensor::ConstMatrix candidates, std::int64_t k, tensor::BagsView excluded,
            std::int32_t* ids, float* scores) override;

 private:
  enum class Steps { kNone, kWarm, kCapturing };

  void CaptureAndLaunch(const std::function<void()>& step);
  void EndCapture() noexcept;

  Queue queue_;
  UploadStaging staging_;
  StepGraph graph_;
  Steps steps_ = Steps::kNone;
  // Freed while a step was captured, whose graph may still read it.
  std::vector<DeviceMemory> freed_;
};

// `device` counts from 0. Throws Error{kUnavailable} if it does not answer, Error{kResourceExhausted} if it has no
// memory left. On the thread that calls, `device` becomes the current one.
std::unique_ptr<tensor::Backend> MakeCudaBackend(int device, Precision precision);

}  // namespace shortlist::cuda
