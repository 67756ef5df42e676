#include "train/rank_group.h"

#include <cstdint>

namespace shortlist::train {

std::string RankGroup::Share(const std::string& text) {
  std::uint64_t size = text.size();
  Broadcast(&size, sizeof size);
  std::string shared = text;
  shared.resize(size);
  Broadcast(shared.data(), size);
  return shared;
}

double RankGroup::Share(double value) {
  Broadcast(&value, sizeof value);
  return value;
}

void RankGroup::Broadcast(void* host, std::size_t bytes) {
  const tensor::Buffer memory = backend_->Allocate(bytes);
  backend_->Upload(host, memory.As<void>(), bytes);
  communicator_->Broadcast(memory.As<void>(), static_cast<std::int64_t>(bytes), 0);
  backend_->Download(memory.As<void>(), host, bytes);
  backend_->Synchronize();
}

}  // namespace shortlist::train
