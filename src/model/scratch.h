// Device memory that is reused from step to step: it grows to the largest size asked for and never shrinks. What was
// written before a call is lost. The backend must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bags.h"
#include "tensor/backend.h"

namespace shortlist::model {

class ScratchBytes {
 public:
  explicit ScratchBytes(tensor::Backend& backend) : backend_(&backend) {}

  void* Reserve(std::size_t bytes);

 protected:
  tensor::Backend* backend_;

 private:
  tensor::Buffer buffer_;
};

class ScratchMatrix : private ScratchBytes {
 public:
  using ScratchBytes::ScratchBytes;

  tensor::Matrix Shape(std::int64_t rows, std::int64_t columns);
};

template <class T>
class ScratchArray : private ScratchBytes {
 public:
  using ScratchBytes::ScratchBytes;

  // The values on the device; null if there are none.
  const T* Upload(std::span<const T> values) {
    if (values.empty()) return nullptr;
    void* target = Reserve(values.size_bytes());
    backend_->Upload(values.data(), target, values.size_bytes());
    return static_cast<const T*>(target);
  }
};

class ScratchBags {
 public:
  explicit ScratchBags(tensor::Backend& backend) : ids_(backend), weights_(backend), offsets_(backend) {}

  tensor::BagsView Upload(const base::Bags& bags);

 private:
  ScratchArray<std::int32_t> ids_;
  ScratchArray<float> weights_;
  ScratchArray<std::int64_t> offsets_;
};

}  // namespace shortlist::model
