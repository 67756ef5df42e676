#include "model/scratch.h"

#include <algorithm>

namespace shortlist::model {

void* ScratchBytes::Reserve(std::size_t bytes) {
  if (bytes > buffer_.bytes()) {
    const std::size_t grown = std::max(bytes, buffer_.bytes() + buffer_.bytes() / 2);
    buffer_ = tensor::Buffer();
    buffer_ = backend_->Allocate(grown);
  }
  return buffer_.As<void>();
}

tensor::Matrix ScratchMatrix::Shape(std::int64_t rows, std::int64_t columns) {
  const auto bytes = static_cast<std::size_t>(rows * columns) * sizeof(float);
  return {static_cast<float*>(Reserve(bytes)), rows, columns};
}

tensor::BagsView ScratchBags::Upload(const base::Bags& bags) {
  tensor::BagsView view;
  view.ids = ids_.Upload(std::span<const std::int32_t>(bags.ids));
  view.weights = weights_.Upload(std::span<const float>(bags.weights));
  view.offsets = offsets_.Upload(std::span<const std::int64_t>(bags.offsets));
  view.rows = bags.rows();
  view.count = static_cast<std::int64_t>(bags.ids.size());
  return view;
}

}  // namespace shortlist::model
