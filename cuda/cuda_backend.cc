#include "cuda/cuda_backend.h"

#include <string>

#include "cuda/bfloat16.h"
#include "cuda/causal_attention.h"
#include "cuda/check.h"
#include "cuda/dense_update.h"
#include "cuda/elementwise.h"
#include "cuda/gather_pool.h"
#include "cuda/gru.h"
#include "cuda/layer_norm.h"
#include "cuda/linear.h"
#include "cuda/normalize_rows.h"
#include "cuda/random.h"
#include "cuda/softmax_loss.h"
#include "cuda/sparse_update.h"
#include "cuda/squared_norm.h"
#include "cuda/top_k.h"
#include "tensor/contract.h"

namespace shortlist::cuda {
namespace {

using tensor::Activation;
using tensor::AttentionGradients;
using tensor::AttentionInputs;
using tensor::BagsView;
using tensor::Buffer;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Optimizer;
using tensor::RandomKey;
using tensor::SequencesView;
using tensor::SoftmaxLossInputs;
using tensor::SoftmaxLossOutputs;
using tensor::SparseGradient;
using tensor::Write;

ConstMatrix Flat(const float* values, std::int64_t size) {
  return {values, 1, size};
}

}  // namespace

CudaBackend::CudaBackend(int device, Precision precision) : queue_(device, precision), staging_(queue_) {}

// Members give back memory of the device.
CudaBackend::~CudaBackend() {
  cudaSetDevice(queue_.device());
}

std::string CudaBackend::Name() const {
  return "cuda:" + std::to_string(queue_.device());
}

Buffer CudaBackend::Allocate(std::size_t bytes) {
  queue_.Select();
  return {this, AllocateDevice(bytes, "Allocate on " + Name()).release(), bytes};
}

void CudaBackend::Free(void* data, std::size_t /*bytes*/) noexcept {
  cudaSetDevice(queue_.device());
  DeviceMemory memory(data);
  if (steps_ == Steps::kCapturing) freed_.push_back(std::move(memory));
}

void CudaBackend::Upload(const void* host, void* device, std::size_t bytes) {
  queue_.Select();
  staging_.Upload(host, device, bytes);
}

void CudaBackend::Download(const void* device, void* host, std::size_t bytes) {
  if (bytes == 0) return;
  queue_.Select();
  Check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, queue_.stream()), "Download");
  queue_.Synchronize();
}

void CudaBackend::Copy(const void* source, void* target, std::size_t bytes) {
  if (bytes == 0) return;
  queue_.Select();
  Check(cudaMemcpyAsync(target, source, bytes, cudaMemcpyDeviceToDevice, queue_.stream()), "Copy");
}

void CudaBackend::Zero(void* data, std::size_t bytes) {
  if (bytes == 0) return;
  queue_.Select();
  Check(cudaMemsetAsync(data, 0, bytes, queue_.stream()), "Zero");
}

void CudaBackend::Synchronize() {
  queue_.Select();
  queue_.Synchronize();
}

void CudaBackend::RunStep(const std::function<void()>& step) {
  queue_.Select();
  if (steps_ != Steps::kNone) return CaptureAndLaunch(step);
  step();
  steps_ = Steps::kWarm;
}

void CudaBackend::CaptureAndLaunch(const std::function<void()>& step) {
  struct Ending {
    CudaBackend& backend;
    ~Ending() { backend.EndCapture(); }
  } const ending{*this};
  steps_ = Steps::kCapturing;
  staging_.BeginCapture();
  graph_.Capture(queue_, step);
  staging_.OrderLaunch();
  graph_.Launch(queue_);
}

void CudaBackend::EndCapture() noexcept {
  steps_ = Steps::kWarm;
  staging_.EndCapture();
  freed_.clear();
}

void CudaBackend::GatherPool(ConstMatrix table, BagsView bags, Write write, Matrix out) {
  tensor::contract::GatherPool(table, bags, out);
  queue_.Begin({"GatherPool", table, out});
  cuda::GatherPool(queue_, table, bags, write, out);
}

void CudaBackend::SparseUpdate(Matrix table, Matrix state, std::span<const SparseGradient> uses,
                               const Optimizer& optimizer) {
  tensor::contract::SparseUpdate(table, state, uses, optimizer);
  queue_.Begin({"SparseUpdate", table, state});
  cuda::SparseUpdate(queue_, table, state, uses, optimizer);
}

void CudaBackend::ScatterAdd(std::span<const SparseGradient> uses, Matrix gradient) {
  tensor::contract::ScatterAdd(uses, gradient);
  queue_.Begin({"ScatterAdd", gradient, {}});
  cuda::ScatterAdd(queue_, uses, gradient);
}

void CudaBackend::Linear(ConstMatrix input, ConstMatrix weight, const float* bias, Activation activation, Matrix out) {
  tensor::contract::Linear(input, weight, out);
  queue_.Begin({"Linear", input, weight});
  cuda::Linear(queue_, input, weight, bias, activation, out);
}

void CudaBackend::LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, Activation activation,
                                 ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                                 Matrix weight_gradient, float* bias_gradient) {
  tensor::contract::LinearBackward(input, weight, out, out_gradient, scratch, input_gradient, weight_gradient);
  queue_.Begin({"LinearBackward", input, weight});
  cuda::LinearBackward(queue_, input, weight, out, activation, out_gradient, scratch, input_gradient, write,
                       weight_gradient, bias_gradient);
}

void CudaBackend::NormalizeRows(ConstMatrix input, Matrix out, float* norms) {
  tensor::contract::NormalizeRows(input, out, norms);
  queue_.Begin({"NormalizeRows", input, out});
  cuda::NormalizeRows(queue_, input, out, norms);
}

void CudaBackend::NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                                        Matrix input_gradient) {
  tensor::contract::NormalizeRowsBackward(out, norms, out_gradient, input_gradient);
  queue_.Begin({"NormalizeRowsBackward", out, out_gradient});
  cuda::NormalizeRowsBackward(queue_, out, norms, out_gradient, input_gradient);
}

void CudaBackend::LayerNorm(ConstMatrix input, const float* gain, const float* bias, Matrix out, float* statistics) {
  tensor::contract::LayerNorm(input, gain, bias, out, statistics);
  queue_.Begin({"LayerNorm", input, out});
  cuda::LayerNorm(queue_, input, gain, bias, out, statistics);
}

void CudaBackend::LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics,
                                    ConstMatrix out_gradient, Matrix input_gradient, float* gain_gradient,
                                    float* bias_gradient) {
  tensor::contract::LayerNormBackward(input, gain, statistics, out_gradient, input_gradient, gain_gradient,
                                      bias_gradient);
  queue_.Begin({"LayerNormBackward", input, out_gradient});
  cuda::LayerNormBackward(queue_, input, gain, statistics, out_gradient, input_gradient, gain_gradient, bias_gradient);
}

void CudaBackend::CausalAttention(const AttentionInputs& inputs, Matrix out, float* log_sums) {
  tensor::contract::CausalAttention(inputs, out, log_sums);
  queue_.Begin({"CausalAttention", inputs.keys, inputs.values});
  cuda::CausalAttention(queue_, inputs, out, log_sums);
}

void CudaBackend::CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                                          ConstMatrix out_gradient, const AttentionGradients& gradients) {
  tensor::contract::CausalAttentionBackward(inputs, out, log_sums, out_gradient, gradients);
  queue_.Begin({"CausalAttentionBackward", inputs.keys, inputs.values});
  cuda::CausalAttentionBackward(queue_, inputs, out, log_sums, out_gradient, gradients);
}

void CudaBackend::Gru(ConstMatrix input_gates, SequencesView sequences, ConstMatrix recurrent_weight, Matrix out,
                      Matrix gates) {
  tensor::contract::Gru(input_gates, sequences, recurrent_weight, out, gates);
  queue_.Begin({"Gru", input_gates, out});
  cuda::Gru(queue_, input_gates, sequences, recurrent_weight, out, gates);
}

void CudaBackend::GruBackward(SequencesView sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                              ConstMatrix out_gradient, Matrix scratch, Matrix input_gate_gradient,
                              Matrix recurrent_weight_gradient) {
  tensor::contract::GruBackward(sequences, recurrent_weight, out, gates, out_gradient, scratch, input_gate_gradient,
                                recurrent_weight_gradient);
  queue_.Begin({"GruBackward", gates, out_gradient});
  cuda::GruBackward(queue_, sequences, recurrent_weight, out, gates, out_gradient, scratch, input_gate_gradient,
                    recurrent_weight_gradient);
}

void CudaBackend::SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs) {
  tensor::contract::SoftmaxLoss(inputs, outputs);
  queue_.Begin({"SoftmaxLoss", inputs.queries, inputs.candidates});
  cuda::SoftmaxLoss(queue_, inputs, outputs);
}

void CudaBackend::Dropout(Matrix values, float rate, RandomKey key, std::int64_t first) {
  tensor::contract::Dropout(values, rate, first);
  queue_.Begin({"Dropout", values, {}});
  cuda::Dropout(queue_, values, rate, key, first);
}

void CudaBackend::AddScaled(const float* x, float alpha, float* y, std::int64_t size) {
  tensor::contract::Array("AddScaled", "x", x, size);
  tensor::contract::Array("AddScaled", "y", y, size);
  queue_.Begin({"AddScaled", Flat(x, size), Flat(y, size)});
  cuda::AddScaled(queue_, x, alpha, y, size);
}

void CudaBackend::Scale(float* values, float factor, std::int64_t size) {
  tensor::contract::Array("Scale", "values", values, size);
  queue_.Begin({"Scale", Flat(values, size), {}});
  cuda::Scale(queue_, values, factor, size);
}

void CudaBackend::MovingAverage(const float* source, float decay, float* values, std::int64_t size) {
  tensor::contract::Array("MovingAverage", "source", source, size);
  tensor::contract::Array("MovingAverage", "values", values, size);
  queue_.Begin({"MovingAverage", Flat(source, size), Flat(values, size)});
  cuda::MovingAverage(queue_, source, decay, values, size);
}

void CudaBackend::RoundToBfloat16(const float* values, std::uint16_t* rounded, std::int64_t size) {
  tensor::contract::Array("RoundToBfloat16", "values", values, size);
  tensor::contract::Array("RoundToBfloat16", "rounded", rounded, size);
  queue_.Begin({"RoundToBfloat16", Flat(values, size), {}});
  cuda::RoundToBfloat16(queue_, values, size, rounded);
}

void CudaBackend::WidenBfloat16(const std::uint16_t* rounded, Write write, float* values, std::int64_t size) {
  tensor::contract::Array("WidenBfloat16", "rounded", rounded, size);
  tensor::contract::Array("WidenBfloat16", "values", values, size);
  queue_.Begin({"WidenBfloat16", Flat(values, size), {}});
  cuda::WidenBfloat16(queue_, rounded, write, values, size);
}

void CudaBackend::SquaredNorm(const float* values, std::int64_t size, float* result) {
  tensor::contract::Array("SquaredNorm", "values", values, size);
  tensor::contract::Array("SquaredNorm", "result", result, 1);
  queue_.Begin({"SquaredNorm", Flat(values, size), {}});
  cuda::SquaredNorm(queue_, values, size, result);
}

void CudaBackend::ClipByNorm(float* values, const float* squared_norm, float limit, std::int64_t size) {
  tensor::contract::Array("ClipByNorm", "values", values, size);
  tensor::contract::Array("ClipByNorm", "squared_norm", squared_norm, 1);
  queue_.Begin({"ClipByNorm", Flat(values, size), {}});
  cuda::ClipByNorm(queue_, values, squared_norm, limit, size);
}

void CudaBackend::DenseUpdate(float* parameters, const float* gradient, float* state, std::int64_t size,
                              const Optimizer& optimizer) {
  tensor::contract::DenseUpdate(parameters, gradient, state, size, optimizer);
  if (size == 0) return;
  queue_.Begin({"DenseUpdate", Flat(parameters, size), Flat(gradient, size)});
  cuda::DenseUpdate(queue_, parameters, gradient, state, size, optimizer);
}

void CudaBackend::FillNormal(float* values, std::int64_t size, float deviation, RandomKey key, std::int64_t first) {
  tensor::contract::Array("FillNormal", "values", values, size);
  queue_.Begin({"FillNormal", Flat(values, size), {}});
  cuda::FillNormal(queue_, values, size, deviation, key, first);
}

void CudaBackend::TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, BagsView excluded,
                       std::int32_t* ids, float* scores) {
  tensor::contract::TopK(queries, candidates, k, excluded, ids, scores);
  queue_.Begin({"TopK", queries, candidates});
  cuda::TopK(queue_, queries, candidates, k, excluded, ids, scores);
}

std::unique_ptr<tensor::Backend> MakeCudaBackend(int device, Precision precision) {
  return std::make_unique<CudaBackend>(device, precision);
}

}  // namespace shortlist::cuda
