// Launches: checked when they are queued, run block by block.
#include "simt/device/launch.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "simt/runtime/api_call.h"
#include "simt/runtime/block_runner.h"
#include "simt/runtime/limits.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"
#include "simt/runtime/submit.h"

namespace shortlist::simt {
namespace {

std::int64_t Size(const dim3& shape) {
  return std::int64_t{shape.x} * shape.y * shape.z;
}

bool IsPossible(const KernelLaunch& launch) {
  const dim3& blocks = launch.blocks;
  const dim3& threads = launch.threads;
  return Size(blocks) > 0 && blocks.x <= kBlocksInX && blocks.y <= kBlocksInYOrZ && blocks.z <= kBlocksInYOrZ &&
         threads.x > 0 && threads.x <= kThreadsPerBlock && threads.y > 0 && threads.y <= kThreadsPerBlock &&
         threads.z > 0 && threads.z <= kThreadsInZ && Size(threads) <= kThreadsPerBlock;
}

std::vector<std::int64_t> BlockOrder(std::int64_t count, Order order, Random& random) {
  std::vector<std::int64_t> blocks(static_cast<std::size_t>(count));
  std::iota(blocks.begin(), blocks.end(), std::int64_t{0});
  if (order == Order::kReverse) std::reverse(blocks.begin(), blocks.end());
  if (order != Order::kRandom) return blocks;
  for (std::size_t left = blocks.size(); left > 1; --left) {
    std::swap(blocks[left - 1], blocks[random.Below(static_cast<std::uint32_t>(left))]);
  }
  return blocks;
}

BlockPosition PositionOf(std::int64_t linear, const KernelLaunch& launch) {
  const auto block = static_cast<std::uint64_t>(linear);
  const dim3& blocks = launch.blocks;
  const std::uint64_t plane = std::uint64_t{blocks.x} * blocks.y;
  return {{static_cast<unsigned>(block % blocks.x), static_cast<unsigned>(block / blocks.x % blocks.y),
           static_cast<unsigned>(block / plane)},
          launch.threads,
          blocks};
}

void RunBlocks(const KernelLaunch& launch, std::uint64_t launch_number) {
  const Schedule& schedule = TheMachine().schedule();
  Random random(schedule.seed, launch_number);
  BlockRunner& runner = BlockRunner::OfThisHostThread();
  runner.SetOrder(schedule.order, Random(schedule.seed, ~launch_number));
  LinkedMemoryChecker().BeginLaunch(launch);
  for (const std::int64_t block : BlockOrder(Size(launch.blocks), schedule.order, random)) {
    const BlockPosition position = PositionOf(block, launch);
    LinkedMemoryChecker().BeginBlock(position);
    runner.Run(*launch.body, position, launch.dynamic_shared_bytes);
  }
}

void RunKernel(const KernelLaunch& launch, int device) {
  if (!TheMachine().device(device).BeginKernel()) return;
  const std::uint64_t number = TheMachine().counters().kernel_launches++;
  const std::shared_ptr<LaunchInterceptor>& interceptor = TheMachine().interceptor();
  if (interceptor != nullptr && interceptor->Run(launch)) return;
  RunBlocks(launch, number);
}

}  // namespace

cudaError_t QueueLaunch(const cudaLaunchConfig_t& config, KernelLaunch launch) {
  return ApiCall([&] {
    if (!IsPossible(launch)) return cudaErrorInvalidConfiguration;
    if (config.numAttrs != 0) return cudaErrorNotSupported;
    if (launch.dynamic_shared_bytes > TheMachine().SharedLimit(launch.function)) return cudaErrorInvalidValue;
    const auto stream = TheMachine().streams().Find(config.stream);
    if (stream != nullptr && stream->device() != CurrentDevice()) return cudaErrorInvalidResourceHandle;
    const int device = CurrentDevice();
    const void* const function = launch.function;
    const auto shared = std::make_shared<const KernelLaunch>(std::move(launch));
    return Submit(config.stream, {OperationKind::kKernel, function, [shared, device] { RunKernel(*shared, device); }});
  });
}

cudaError_t SetFunctionAttribute(const void* function, cudaFuncAttribute attribute, int value) {
  return ApiCall([&] {
    if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaErrorNotSupported;
    if (value < 0 || static_cast<std::size_t>(value) > kSharedBytesPerBlock) return cudaErrorInvalidValue;
    TheMachine().SetSharedLimit(function, static_cast<std::size_t>(value));
    return cudaSuccess;
  });
}

}  // namespace shortlist::simt
