#include "tensor/limited_backend.h"

#include <algorithm>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::tensor {

Buffer LimitedBackend::Allocate(std::size_t bytes) {
  if (bytes > limit_ - std::min(limit_, allocated_)) {
    throw Error(Code::kResourceExhausted, "Allocate: " + std::to_string(bytes) + " bytes beside " +
                                              std::to_string(allocated_) + " are more than the limit of " +
                                              std::to_string(limit_) + " bytes");
  }
  Buffer buffer = backend_->Allocate(bytes);
  allocated_ += bytes;
  peak_ = std::max(peak_, allocated_);
  void* data = buffer.As<void>();
  buffers_.emplace(data, std::move(buffer));
  return {this, data, bytes};
}

void LimitedBackend::Free(void* data, std::size_t bytes) noexcept {
  buffers_.erase(data);
  allocated_ -= bytes;
}

}  // namespace shortlist::tensor
