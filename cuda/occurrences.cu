// Lists every use of a table row with the pooled row that used it.
//
// Shapes: per use, ids and weights [n], offsets [B + 1]; out, table rows and occurrences [n].
// Mapping: a block per kTile entries, however long or short the bags are. It finds the bags of its first and last entry
// by bisection, keeps their offsets in shared memory, and each thread finds the bags of its entries there.
// Deterministic: every entry on its own.
#include <string>

#include "cuda/kernel_language.h"
#include "cuda/launch.h"
#include "cuda/occurrences.h"
#include "shortlist/error.h"

namespace shortlist::cuda {

namespace {

using tensor::BagsView;
using tensor::SparseGradient;

constexpr int kThreads = 256;
constexpr int kTile = 4 * kThreads;

}  // namespace

// The last of `offsets` (rising, the first <= entry) that is not above `entry`.
__device__ std::int64_t BagOf(const std::int64_t* offsets, std::int64_t bags, std::int64_t entry) {
  std::int64_t low = 0;
  std::int64_t high = bags;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (offsets[middle] <= entry ? low : high) = middle;
  }
  return low;
}

__global__ void __launch_bounds__(kThreads)
    ListOccurrencesKernel(BagsView bags, std::uint32_t first_gradient, std::uint32_t* __restrict__ rows,
                          Occurrence* __restrict__ occurrences) {
  SHORTLIST_SHARED(std::int64_t, ends, 2);
  SHORTLIST_SHARED(std::int64_t, offsets, kThreads + 1);
  const std::int64_t begin = std::int64_t{blockIdx.x} * kTile;
  const std::int64_t end = min(begin + kTile, bags.count);
  // One thread in each of two warps, so that the searches run side by side.
  if (threadIdx.x == 0) ends[0] = BagOf(bags.offsets, bags.rows, begin);
  if (threadIdx.x == kWarpSize) ends[1] = BagOf(bags.offsets, bags.rows, end - 1);
  __syncthreads();
  const std::int64_t last_bag = ends[1];
  for (std::int64_t bag = ends[0]; bag <= last_bag; bag += kThreads) {
    const auto count = static_cast<int>(min(std::int64_t{kThreads}, last_bag + 1 - bag));
    for (int i = threadIdx.x; i <= count; i += kThreads) offsets[i] = bags.offsets[bag + i];
    __syncthreads();
    const std::int64_t stop = min(end, offsets[count]);
    for (std::int64_t entry = begin + threadIdx.x; entry < stop; entry += kThreads) {
      if (entry < offsets[0]) continue;
      rows[entry] = static_cast<std::uint32_t>(bags.ids[entry]);
      const auto pooled_row = static_cast<std::uint32_t>(bag + BagOf(offsets, count, entry));
      occurrences[entry] = {first_gradient + pooled_row, bags.weights[entry]};
    }
    __syncthreads();
  }
}

namespace {

GradientRows LayEndToEnd(std::string_view operation, std::span<const SparseGradient> uses) {
  if (uses.size() > kMostUses) {
    throw Error(Code::kUnimplemented, std::string(operation) + ": " + std::to_string(uses.size()) +
                                          " uses of one table in a step; on CUDA at most " + std::to_string(kMostUses));
  }
  GradientRows gradients{};
  std::int64_t rows = 0;
  for (const SparseGradient& use : uses) {
    gradients.data[gradients.uses] = use.grad.data;
    gradients.first_row[gradients.uses++] = rows;
    rows += use.bags.rows;
  }
  if (rows > UINT32_MAX) {
    throw Error(Code::kUnimplemented, std::string(operation) + ": " + std::to_string(rows) +
                                          " bags in a step; on CUDA at most " + std::to_string(UINT32_MAX));
  }
  return gradients;
}

}  // namespace

SortedOccurrences SortByTableRow(Queue& queue, std::string_view operation, std::span<const SparseGradient> uses) {
  SortedOccurrences sorted;
  sorted.gradients = LayEndToEnd(operation, uses);
  for (const SparseGradient& use : uses) sorted.count += use.bags.count;
  if (sorted.count == 0) return sorted;
  auto* rows = queue.workspace().Take<std::uint32_t>(sorted.count);
  auto* occurrences = queue.workspace().Take<Occurrence>(sorted.count);
  std::int64_t listed = 0;
  for (std::size_t u = 0; u < uses.size(); ++u) {
    const BagsView& bags = uses[u].bags;
    Launch(operation, {BlocksFor(bags.count, kTile), kThreads}, queue.stream(), ListOccurrencesKernel, bags,
           static_cast<std::uint32_t>(sorted.gradients.first_row[u]), rows + listed, occurrences + listed);
    listed += bags.count;
  }
  SortOccurrences(queue, rows, occurrences, sorted.count);
  sorted.rows = rows;
  sorted.occurrences = occurrences;
  return sorted;
}

}  // namespace shortlist::cuda
