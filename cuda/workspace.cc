#include "cuda/workspace.h"

#include <algorithm>
#include <numeric>

namespace shortlist::cuda {
namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::size_t kSmallestBlock = std::size_t{1} << 20;

}  // namespace

void Workspace::Reset() {
  current_ = 0;
  used_ = 0;
}

std::size_t Workspace::capacity() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                         [](std::size_t sum, const Block& block) { return sum + block.bytes; });
}

void* Workspace::TakeBytes(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  while (current_ < blocks_.size() && blocks_[current_].bytes - used_ < rounded) {
    ++current_;
    used_ = 0;
  }
  if (current_ == blocks_.size()) Grow(rounded);
  std::byte* data = static_cast<std::byte*>(blocks_[current_].memory.get()) + used_;
  used_ += rounded;
  return data;
}

// At least as much as all blocks before hold, so that there are few of them.
void Workspace::Grow(std::size_t bytes) {
  const std::size_t grown = std::max({bytes, capacity(), kSmallestBlock});
  blocks_.push_back({AllocateDevice(grown, "Workspace"), grown});
}

}  // namespace shortlist::cuda
