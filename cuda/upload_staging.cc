#include "cuda/upload_staging.h"

#include <algorithm>
#include <cstring>

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

constexpr const char* kOperation = "Upload";
constexpr std::size_t kBlockBytes = std::size_t{4} << 20;
constexpr std::size_t kFewestBlocks = 2;
constexpr std::size_t kAlignment = 256;

}  // namespace

UploadStaging::UploadStaging(Queue& queue) : queue_(queue), copies_(MakeStream()), copied_(MakeEvent()) {
  blocks_.push_back(MakeBlock());
}

// The device may still read the blocks.
UploadStaging::~UploadStaging() {
  cudaStreamSynchronize(copies_.get());
  cudaStreamSynchronize(queue_.stream());
}

UploadStaging::Block UploadStaging::MakeBlock() const {
  return {AllocatePinned(kBlockBytes, kOperation), AllocateDevice(kBlockBytes, kOperation), MakeEvent()};
}

void UploadStaging::Upload(const void* host, void* target, std::size_t bytes) {
  const auto* source = static_cast<const std::byte*>(host);
  auto* destination = static_cast<std::byte*>(target);
  while (bytes > 0) {
    Block& block = BlockWithRoom();
    const std::size_t part = std::min(bytes, kBlockBytes - block.used);
    CopyPart(source, destination, part, block);
    source += part;
    destination += part;
    bytes -= part;
  }
}

void UploadStaging::CopyPart(const void* host, void* target, std::size_t bytes, Block& block) {
  std::byte* pinned = static_cast<std::byte*>(block.pinned.get()) + block.used;
  std::byte* twin = static_cast<std::byte*>(block.twin.get()) + block.used;
  std::memcpy(pinned, host, bytes);
  Check(cudaMemcpyAsync(twin, pinned, bytes, cudaMemcpyHostToDevice, copies_.get()), kOperation);
  if (!capturing_) OrderLaunch();
  Check(cudaMemcpyAsync(target, twin, bytes, cudaMemcpyDeviceToDevice, queue_.stream()), kOperation);
  block.use = capturing_ ? Use::kCaptured : Use::kQueued;
  block.used = std::min(kBlockBytes, (block.used + bytes + kAlignment - 1) / kAlignment * kAlignment);
}

UploadStaging::Block& UploadStaging::BlockWithRoom() {
  if (blocks_.front().used < kBlockBytes) return blocks_.front();
  Retire(blocks_.front());
  Block& oldest = blocks_.back();
  const bool wanted = blocks_.size() < kFewestBlocks || oldest.use == Use::kCaptured;
  if (wanted && !HasBeenRead(oldest)) {
    blocks_.push_front(MakeBlock());
    return blocks_.front();
  }
  if (!HasBeenRead(oldest)) Check(cudaEventSynchronize(oldest.read.get()), kOperation);
  oldest.used = 0;
  oldest.use = Use::kFree;
  blocks_.push_front(std::move(oldest));
  blocks_.pop_back();
  return blocks_.front();
}

void UploadStaging::Retire(Block& block) {
  if (block.use == Use::kQueued) Check(cudaEventRecord(block.read.get(), queue_.stream()), kOperation);
}

bool UploadStaging::HasBeenRead(const Block& block) const {
  return block.use == Use::kFree || (block.use == Use::kQueued && cudaEventQuery(block.read.get()) == cudaSuccess);
}

// Whether a block has been read cannot be asked in the midst of a capture, so no block of before may be left in one.
void UploadStaging::BeginCapture() {
  BlockWithRoom();
  capturing_ = true;
}

void UploadStaging::OrderLaunch() {
  Check(cudaEventRecord(copied_.get(), copies_.get()), kOperation);
  Check(cudaStreamWaitEvent(queue_.stream(), copied_.get(), 0), kOperation);
}

void UploadStaging::EndCapture() noexcept {
  capturing_ = false;
  for (Block& block : blocks_) {
    if (block.use != Use::kCaptured) continue;
    block.use = Use::kQueued;
    // A device that fails here says so again with the next call that is checked.
    if (&block != &blocks_.front()) cudaEventRecord(block.read.get(), queue_.stream());
  }
}

}  // namespace shortlist::cuda
