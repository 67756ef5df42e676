// The best candidates of each query, kept while tiles of scores go by.
//
// Shapes: scores [lists, columns], columns <= kCandidateTile; lists of `places` entries, best first.
// Mapping: a block per list. It collects in shared memory the candidates of the tile that are better than the list's
// last entry, which few are after the first tiles, sorts them (bitonic: Batcher 1968) and merges them into the list
// from the back, every output place found by bisection (Merge Path: Green et al. 2012). Deterministic: no two
// candidates rank alike, so the order in which they are collected leaves no trace.
#include <cmath>

#include "cuda/kernel_language.h"
#include "cuda/launch.h"
#include "cuda/select_best.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;
constexpr RankedCandidate kNone = 0;

}  // namespace

// Floats as unsigned numbers of the same order; both zeros are the same.
__device__ inline unsigned OrderOf(float score) {
  constexpr unsigned kSign = 0x80000000U;
  const unsigned bits = score == 0 ? 0U : __float_as_uint(score);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

__device__ inline float ScoreOf(RankedCandidate entry) {
  constexpr unsigned kSign = 0x80000000U;
  const auto order = static_cast<unsigned>(entry >> 32);
  return __uint_as_float((order & kSign) != 0 ? order & ~kSign : ~order);
}

__device__ inline RankedCandidate Rank(float score, unsigned candidate) {
  // Not for NaN either.
  if (!(score > -INFINITY)) return kNone;
  return static_cast<RankedCandidate>(OrderOf(score)) << 32 | ~candidate;
}

// The block overwrites the scores of excluded candidates among the `columns` from `first` on, which its threads see
// behind their next barrier. Bags may name a candidate twice, so the writes are atomic.
__device__ void HideExcluded(const Exclusions& excluded, std::int64_t first, std::int64_t columns, float* scores) {
  if (excluded.bags.rows == 0) return;
  const std::int64_t* offsets = excluded.bags.offsets + excluded.first + blockIdx.x;
  for (std::int64_t i = offsets[0] + threadIdx.x; i < offsets[1]; i += kThreads) {
    const std::int64_t column = excluded.bags.ids[i] - first;
    if (column >= 0 && column < columns) atomicExch(scores + column, -INFINITY);
  }
}

// The block meets, puts what ranks above `bar` into `found`, in any order, and returns how many there are.
__device__ int Collect(const float* scores, std::int64_t first, std::int64_t columns, RankedCandidate bar,
                       RankedCandidate* found) {
  SHORTLIST_SHARED(int, count, 1);
  if (threadIdx.x == 0) count[0] = 0;
  __syncthreads();
  for (std::int64_t column = threadIdx.x; column < columns; column += kThreads) {
    const RankedCandidate entry = Rank(scores[column], static_cast<unsigned>(first + column));
    if (entry > bar) found[atomicAdd(&count[0], 1)] = entry;
  }
  __syncthreads();
  return count[0];
}

// The block sorts `count` entries, best first, with room for as many as the next power of two.
__device__ void Sort(RankedCandidate* entries, int count) {
  int size = 1;
  while (size < count) size *= 2;
  for (int i = count + threadIdx.x; i < size; i += kThreads) entries[i] = kNone;
  __syncthreads();
  for (int run = 2; run <= size; run *= 2) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      for (int i = threadIdx.x; i < size / 2; i += kThreads) {
        const int low = i / distance * 2 * distance + i % distance;
        const int high = low + distance;
        const bool best_first = (low & run) == 0;
        const RankedCandidate a = entries[low];
        const RankedCandidate b = entries[high];
        if ((a < b) == best_first) {
          entries[low] = b;
          entries[high] = a;
        }
      }
      __syncthreads();
    }
  }
}

// Entry `place` of the two lists merged, both best first.
__device__ RankedCandidate MergedAt(const RankedCandidate* list, const RankedCandidate* found, int count,
                                    std::int64_t place) {
  // Of the entries before `place`, how many are from `found`.
  std::int64_t low = 0;
  std::int64_t high = min(std::int64_t{count}, place);
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (found[middle] > list[place - middle - 1]) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const RankedCandidate next = list[place - low];
  return low < count && found[low] > next ? found[low] : next;
}

// From the back, because an entry only moves back: what is overwritten will not be read again.
__device__ void Merge(const RankedCandidate* found, int count, std::int64_t places, RankedCandidate* list) {
  for (std::int64_t end = places; end > 0; end -= kThreads) {
    const std::int64_t place = end - 1 - threadIdx.x;
    const RankedCandidate entry = place >= 0 ? MergedAt(list, found, count, place) : kNone;
    __syncthreads();
    if (place >= 0) list[place] = entry;
  }
}

__global__ void __launch_bounds__(kThreads)
    MergeTileKernel(float* scores, std::int64_t columns, std::int64_t first_candidate, Exclusions excluded,
                    RankedCandidate* lists, std::int64_t places) {
  SHORTLIST_SHARED(RankedCandidate, found, kCandidateTile);
  float* own_scores = scores + blockIdx.x * columns;
  RankedCandidate* list = lists + blockIdx.x * places;
  HideExcluded(excluded, first_candidate, columns, own_scores);
  const int count = Collect(own_scores, first_candidate, columns, list[places - 1], found);
  if (count == 0) return;
  Sort(found, count);
  Merge(found, count, places, list);
}

__global__ void __launch_bounds__(kThreads)
    WriteBestKernel(const RankedCandidate* __restrict__ lists, std::int64_t places, std::int64_t k, std::int64_t size,
                    std::int32_t* __restrict__ ids, float* __restrict__ scores) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= size) return;
  const std::int64_t place = i % k;
  const RankedCandidate entry = place < places ? lists[i / k * places + place] : kNone;
  ids[i] = entry == kNone ? -1 : static_cast<std::int32_t>(~static_cast<unsigned>(entry));
  scores[i] = entry == kNone ? -INFINITY : ScoreOf(entry);
}

void MergeTile(Queue& queue, tensor::Matrix scores, std::int64_t first_candidate, const Exclusions& excluded,
               const BestLists& best) {
  if (scores.size() == 0) return;
  Launch("TopK", {best.lists, kThreads}, queue.stream(), MergeTileKernel, scores.data, scores.columns, first_candidate,
         excluded, best.entries, best.places);
}

void WriteBest(Queue& queue, const BestLists& best, std::int64_t k, std::int32_t* ids, float* scores) {
  const std::int64_t size = best.lists * k;
  Launch("TopK", {BlocksFor(size, kThreads), kThreads}, queue.stream(), WriteBestKernel, best.entries, best.places, k,
         size, ids, scores);
}

}  // namespace shortlist::cuda
