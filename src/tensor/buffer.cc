#include "tensor/buffer.h"

#include "tensor/backend.h"

namespace shortlist::tensor {

Buffer::~Buffer() {
  if (backend_ != nullptr) backend_->Free(data_, bytes_);
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this == &other) return *this;
  if (backend_ != nullptr) backend_->Free(data_, bytes_);
  backend_ = std::exchange(other.backend_, nullptr);
  data_ = std::exchange(other.data_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

}  // namespace shortlist::tensor
