#include "cuda/workspace.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace shortlist::cuda {
namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::size_t kSmallestBlock = std::size_t{1} << 20;

std::string ShapeOf(const tensor::ConstMatrix& matrix) {
  return "[" + std::to_string(matrix.rows) + ", " + std::to_string(matrix.columns) + "]";
}

std::string PurposeOf(const WorkspaceUser& user) {
  return std::string(user.operation) + " over " + ShapeOf(user.first) + " and " + ShapeOf(user.second) +
         ", scratch memory";
}

}  // namespace

std::size_t Workspace::capacity() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                         [](std::size_t sum, const Block& block) { return sum + block.bytes; });
}

void* Workspace::TakeBytes(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const std::size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  while (position_.block < blocks_.size() && blocks_[position_.block].bytes - position_.used < rounded) {
    position_ = {position_.block + 1, 0};
  }
  if (position_.block == blocks_.size()) Grow(rounded);
  std::byte* data = static_cast<std::byte*>(blocks_[position_.block].memory.get()) + position_.used;
  position_.used += rounded;
  return data;
}

// At least as much as all blocks before hold, so that there are few of them.
void Workspace::Grow(std::size_t bytes) {
  const std::size_t grown = std::max({bytes, capacity(), kSmallestBlock});
  blocks_.push_back({AllocateDevice(grown, PurposeOf(user_)), grown});
}

}  // namespace shortlist::cuda
