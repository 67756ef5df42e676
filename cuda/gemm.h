// Matrix products through cuBLASLt, with bias and ReLU fused into the product.
#pragma once

#include <cstdint>
#include <cublasLt.h>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>

#include "cuda/device_memory.h"
#include "shortlist/settings/precision.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

class Queue;

enum class Orientation { kAsStored, kTransposed };

// A factor as it is stored, row-major and dense, and how it enters the product.
struct GemmFactor {
  tensor::ConstMatrix matrix;
  Orientation orientation = Orientation::kAsStored;
};

// What becomes of a product P [rows, columns]: out = activation(factor * P + bias), or out += factor * P.
struct GemmOutput {
  tensor::Matrix out;
  tensor::Write write = tensor::Write::kOverwrite;
  const float* factor = nullptr;                              // [1], on the device; null: 1
  const float* bias = nullptr;                                // [columns], for kOverwrite only; null: none
  tensor::Activation activation = tensor::Activation::kNone;  // for kOverwrite only
};

// out = left * right, queued on the queue's stream; bit by bit the same on every run on one kind of device with one
// version of cuBLAS. Factors are read with the precision of the queue; sums are float32. Takes scratch memory where
// factors have to be rounded. No output elements: does nothing; no inner elements: the product is zero. Throws as Check
// does.
void Gemm(Queue& queue, const GemmFactor& left, const GemmFactor& right, const GemmOutput& output);
// The same with factors read at `precision`.
void Gemm(Queue& queue, const GemmFactor& left, const GemmFactor& right, const GemmOutput& output, Precision precision);

// What cuBLASLt's heuristics chose for each shape that was asked for, so that a step need not ask again.
class GemmPlans {
 public:
  // Rows, columns and depth of the product, orientations, epilogue, write, precision and the alignment of the pointers.
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, int, int, int, int, Precision, std::uint32_t>;
  // Nothing: cuBLASLt has no algorithm for it.
  using Plan = std::optional<cublasLtMatmulAlgo_t>;

  explicit GemmPlans(Precision precision);

  // What products are computed with where nothing else is asked for.
  Precision precision() const { return precision_; }
  cublasLtHandle_t handle() const { return handle_.get(); }
  void* workspace() const { return workspace_.get(); }
  // Factors on the device.
  const float* zero() const { return static_cast<const float*>(constants_.get()); }
  const float* one() const { return zero() + 1; }

  // The plan of the key; `choose()` makes it when it is asked for the first time.
  template <class Choose>
  const Plan& Find(const Key& key, Choose choose) {
    const auto found = plans_.find(key);
    return found != plans_.end() ? found->second : plans_.emplace(key, choose()).first->second;
  }

 private:
  struct Destroy {
    void operator()(cublasLtHandle_t handle) const noexcept { cublasLtDestroy(handle); }
  };

  Precision precision_;
  std::unique_ptr<std::remove_pointer_t<cublasLtHandle_t>, Destroy> handle_;
  DeviceMemory workspace_;
  DeviceMemory constants_;
  std::map<Key, Plan> plans_;
};

}  // namespace shortlist::cuda
