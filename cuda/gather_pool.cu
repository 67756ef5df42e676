// Weighted sums of table rows: out[r] (+)= sum over i in [offsets[r], offsets[r + 1]) of weights[i] * table[ids[i]].
//
// Shapes: table [V, D], ids and weights [n], offsets [B + 1], out [B, D].
// Mapping: a warp per bag, or per few consecutive bags where bags are short, so that what describes them is read in
// whole sectors. Lanes hold columns; ids and weights are read 32 at a time and handed round by shuffles. The warps of
// a block share out every bag longer than kLongBag. Rows of fewer than kNarrow columns: a thread per output value.
// Deterministic: a bag is summed in its own order, or, if it is long, in kWarps consecutive shares added in order.
// Beyond one pass of RowPart the ids and weights are read again for each pass.
#include <algorithm>

#include "cuda/gather_pool.h"
#include "cuda/kernel_language.h"
#include "cuda/launch.h"
#include "cuda/row_part.h"

namespace shortlist::cuda {

namespace {

using tensor::BagsView;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;
// At least; left to choose, ptxas aims at more and spills registers for it.
constexpr int kBlocksPerProcessor = 2;
constexpr std::int64_t kLongBag = 256;
constexpr int kMostBagsPerWarp = 4;
// A warp takes more bags while it has fewer ids than this on average.
constexpr std::int64_t kEnoughIds = 16;
constexpr std::int64_t kNarrow = 8;
// Table rows that a warp asks for before it waits for the first.
constexpr int kRowsInFlight = 4;

}  // namespace

// The ids and weights that a warp has read, one per lane.
class IdWindow {
 public:
  // Of the bags' entries, those before `limit` may be asked for.
  __device__ IdWindow(const BagsView& bags, std::int64_t limit) : bags_(bags), limit_(limit) {}

  // Reads on unless entry i is there. Calls go through the entries in order.
  __device__ void Cover(std::int64_t i) {
    if (i < end_) return;
    end_ = min(i + kWarpSize, limit_);
    begin_ = i;
    const std::int64_t own = i + threadIdx.x % kWarpSize;
    id_ = own < limit_ ? bags_.ids[own] : 0;
    weight_ = own < limit_ ? bags_.weights[own] : 0.0F;
  }
  // Entries before this are there.
  __device__ std::int64_t end() const { return end_; }
  __device__ std::int32_t Id(std::int64_t i) const { return __shfl_sync(kFullWarp, id_, static_cast<int>(i - begin_)); }
  __device__ float Weight(std::int64_t i) const {
    return __shfl_sync(kFullWarp, weight_, static_cast<int>(i - begin_));
  }

 private:
  BagsView bags_;
  std::int64_t limit_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int32_t id_ = 0;
  float weight_ = 0;
};

// Adds kRows rows, the first that of entry i, to the sum.
template <int kRows, class Part>
__device__ void AddRows(const IdWindow& window, std::int64_t i, ConstMatrix table, std::int64_t column, Part& sum) {
  Part rows[kRows];
  float weights[kRows];
#pragma unroll
  for (int k = 0; k < kRows; ++k) {
    const std::int64_t id = window.Id(i + k);
    rows[k] = Part::Load(table.data + id * table.columns + column, table.columns - column);
    weights[k] = window.Weight(i + k);
  }
#pragma unroll
  for (int k = 0; k < kRows; ++k) sum.AddScaled(rows[k], weights[k]);
}

// The sum over entries [begin, end), in order.
template <class Part>
__device__ Part SumRows(IdWindow& window, std::int64_t begin, std::int64_t end, ConstMatrix table,
                        std::int64_t column) {
  Part sum = Part::Zero();
  for (std::int64_t i = begin; i < end;) {
    window.Cover(i);
    const std::int64_t stop = min(window.end(), end);
    for (; i + kRowsInFlight <= stop; i += kRowsInFlight) AddRows<kRowsInFlight>(window, i, table, column, sum);
    for (; i < stop; ++i) AddRows<1>(window, i, table, column, sum);
  }
  return sum;
}

// The entries [begin, end) of a bag.
struct Span {
  std::int64_t begin;
  std::int64_t end;
};

// Writes or adds this pass of an output row; adding nothing leaves it untouched.
template <class Part>
__device__ void WriteRow(const Part& sum, Write write, float* target, std::int64_t columns) {
  if (write == Write::kOverwrite) return sum.Store(target, columns);
  Part total = Part::Load(target, columns);
  total.AddScaled(sum, 1);
  total.Store(target, columns);
}

// The warp writes its bags that are not long, and leaves the spans of the long ones in `long_bags` (others: empty).
template <class Part>
__device__ void PoolShortBags(ConstMatrix table, const BagsView& bags, Write write, int bags_per_warp, float* out,
                              Span* long_bags) {
  const int lane = threadIdx.x % kWarpSize;
  const int warp = threadIdx.x / kWarpSize;
  const std::int64_t first = (std::int64_t{blockIdx.x} * kWarps + warp) * bags_per_warp;
  const std::int64_t offset = bags.offsets[min(first + min(lane, bags_per_warp), bags.rows)];
  const std::int64_t next = __shfl_sync(kFullWarp, offset, min(lane + 1, bags_per_warp));
  const std::int64_t limit = __shfl_sync(kFullWarp, offset, bags_per_warp);
  if (lane < bags_per_warp) long_bags[warp * bags_per_warp + lane] = {offset, next - offset > kLongBag ? next : offset};
  for (std::int64_t column = 0; column < table.columns; column += Part::kColumns) {
    IdWindow window(bags, limit);
    for (int b = 0; b < bags_per_warp && first + b < bags.rows; ++b) {
      const std::int64_t begin = __shfl_sync(kFullWarp, offset, b);
      const std::int64_t end = __shfl_sync(kFullWarp, offset, b + 1);
      if (end - begin > kLongBag || (begin == end && write == Write::kAdd)) continue;
      const Part sum = SumRows<Part>(window, begin, end, table, column);
      WriteRow(sum, write, out + (first + b) * table.columns + column, table.columns - column);
    }
  }
}

// The warps of the block sum shares of one bag, and the first warp adds these in order. `shares` holds a Part of each.
template <class Part>
__device__ void PoolLongBag(ConstMatrix table, const BagsView& bags, Write write, Span bag, float* target,
                            float* shares) {
  const int warp = threadIdx.x / kWarpSize;
  const std::int64_t share = (bag.end - bag.begin + kWarps - 1) / kWarps;
  const std::int64_t begin = min(bag.begin + warp * share, bag.end);
  const std::int64_t end = min(begin + share, bag.end);
  for (std::int64_t column = 0; column < table.columns; column += Part::kColumns) {
    IdWindow window(bags, end);
    SumRows<Part>(window, begin, end, table, column).Store(shares + warp * Part::kColumns, Part::kColumns);
    __syncthreads();
    if (warp == 0) {
      Part sum = Part::Load(shares, Part::kColumns);
      for (int w = 1; w < kWarps; ++w) sum.AddScaled(Part::Load(shares + w * Part::kColumns, Part::kColumns), 1);
      WriteRow(sum, write, target + column, table.columns - column);
    }
    __syncthreads();
  }
}

template <class Part>
__global__ void __launch_bounds__(kThreads, kBlocksPerProcessor)
    GatherPoolKernel(ConstMatrix table, BagsView bags, Write write, int bags_per_warp, float* __restrict__ out) {
  SHORTLIST_SHARED(Span, long_bags, kWarps * kMostBagsPerWarp);
  SHORTLIST_SHARED(float4, shares, kWarps * Part::kColumns / kVectorWidth);
  PoolShortBags<Part>(table, bags, write, bags_per_warp, out, long_bags);
  __syncthreads();
  const std::int64_t first = std::int64_t{blockIdx.x} * kWarps * bags_per_warp;
  for (int b = 0; b < kWarps * bags_per_warp; ++b) {
    const Span bag = long_bags[b];
    if (bag.begin == bag.end) continue;
    PoolLongBag<Part>(table, bags, write, bag, out + (first + b) * table.columns, &shares[0].x);
  }
}

__global__ void __launch_bounds__(kThreads)
    GatherPoolNarrowKernel(ConstMatrix table, BagsView bags, Write write, float* __restrict__ out) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= bags.rows * table.columns) return;
  const std::int64_t bag = i / table.columns;
  const std::int64_t column = i % table.columns;
  const std::int64_t end = bags.offsets[bag + 1];
  float sum = 0;
  for (std::int64_t entry = bags.offsets[bag]; entry < end; ++entry) {
    sum = fmaf(bags.weights[entry], table.data[bags.ids[entry] * table.columns + column], sum);
  }
  out[i] = write == Write::kAdd ? out[i] + sum : sum;
}

void GatherPool(Queue& queue, ConstMatrix table, const BagsView& bags, Write write, Matrix out) {
  if (out.size() == 0) return;
  if (table.columns < kNarrow) {
    return Launch("GatherPool", {BlocksFor(out.size(), kThreads), kThreads}, queue.stream(), GatherPoolNarrowKernel,
                  table, bags, write, out.data);
  }
  const std::int64_t ids_per_bag = bags.count / bags.rows + 1;
  const auto bags_per_warp =
      static_cast<int>(std::clamp(kEnoughIds / ids_per_bag, std::int64_t{1}, std::int64_t{kMostBagsPerWarp}));
  WithRowPart(table.columns, AccessOf(table.columns, {table.data, out.data}), [&](auto part) {
    Launch("GatherPool", {BlocksFor(bags.rows, std::int64_t{kWarps} * bags_per_warp), kThreads}, queue.stream(),
           GatherPoolKernel<decltype(part)>, table, bags, write, bags_per_warp, out.data);
  });
}

}  // namespace shortlist::cuda
