// The one way to start a kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime.h>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "cuda/check.h"
#include "shortlist/error.h"

namespace shortlist::cuda {

// A one-dimensional grid.
struct LaunchShape {
  std::int64_t blocks = 0;
  int threads = 0;
  std::size_t shared_bytes = 0;
};

// Blocks that cover `count` pieces of work at `per_block` each; 0 for none.
constexpr std::int64_t BlocksFor(std::int64_t count, std::int64_t per_block) {
  return (count + per_block - 1) / per_block;
}

// Queues the kernel on the stream and returns; does nothing for 0 blocks. Arguments are converted to the kernel's
// parameter types. Throws as Check does, and Error{kInvalidArgument} for more blocks than a grid can have (2^31 - 1).
template <class... P, class... A>
void Launch(std::string_view operation, const LaunchShape& shape, cudaStream_t stream, void (*kernel)(P...),
            A&&... arguments) {
  if (shape.blocks == 0) return;
  if (shape.blocks > std::numeric_limits<std::int32_t>::max()) {
    throw Error(Code::kInvalidArgument, std::string(operation) + ": needs " + std::to_string(shape.blocks) +
                                            " blocks, more than a grid holds; use smaller batches");
  }
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(shape.blocks));
  config.blockDim = dim3(static_cast<unsigned>(shape.threads));
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = stream;
  Check(cudaLaunchKernelEx(&config, kernel, std::forward<A>(arguments)...), operation);
}

}  // namespace shortlist::cuda
