// The gradients of every table row that a step used, summed and applied in one pass.
//
// Shapes: sorted table rows and occurrences [n], gradients [bags, D] per use, table [V, D], state [V, width].
// A run is what the sorted list holds of one table row.
//
// Mapping: a block per tile of consecutive occurrences and a warp per slice of kSlice of them, so that the work of a
// warp does not depend on how popular rows are. A warp updates the table rows whose runs begin in its slice. A run over
// several slices of a tile is summed slice by slice into shared memory and finished by the warp in whose slice it
// begins; one over several tiles is summed tile by tile into scratch memory and finished by a second kernel, by the
// block of the tile in which it begins.
//
// Traffic: every gradient row is read once per use, every table row and its state are read and written once. (Row-wise
// Adagrad on rows wider than one pass of RowPart reads the gradients twice.) Tables of few rows go the same way: the
// sums of tiles cost 4 rows for kMostTile gradients, which is all that a way of their own could save.
//
// Deterministic: gradients are added in the order of occurrence within slices, slices within tiles, tiles within runs.
#include <algorithm>
#include <string>

#include "cuda/kernel_language.h"
#include "cuda/launch.h"
#include "cuda/occurrences.h"
#include "cuda/sparse_update.h"
#include "cuda/table_row.h"

namespace shortlist::cuda {

namespace {

using tensor::Matrix;
using tensor::Optimizer;
using tensor::OptimizerKind;
using tensor::SparseGradient;

constexpr int kSlice = 16;
constexpr int kMostWarps = 8;
constexpr int kMostThreads = kMostWarps * kWarpSize;
constexpr int kMostTile = kMostWarps * kSlice;
// Shared memory for the sums of slices: what a block may have on every device, less what the kernels declare.
constexpr std::int64_t kSliceSumBytes = 28 * 1024;
// Blocks that a multiprocessor is to hold at once: more than this would need spills.
template <class Part>
constexpr int kBlocksPerProcessor = Part::kColumns / kWarpSize > 4 ? 2 : 3;
// Of tiles of one run, a warp adds up at least so many before another warp helps.
constexpr std::int64_t kLeastTilesPerWarp = 16;
// No table has that many rows.
constexpr std::uint32_t kNoRow = 0xFFFFFFFFU;

}  // namespace

// What tiles hold of runs that reach over their ends. Of a tile, `leads` has the sum over the run that began before it,
// and `trails` that over the run which begins in it and goes on behind it; `trailing` is the table row of the latter,
// or kNoRow.
struct TileSums {
  float* leads;             // [tiles, columns]
  float* trails;            // [tiles, columns]
  std::uint32_t* trailing;  // [tiles]
};

// The occurrences of a tile, in shared memory.
struct Tile {
  std::uint32_t* rows;      // those of the tile stand from place 1 on, between the ones before and behind it, or kNoRow
  const float** gradients;  // of each occurrence
  float* weights;
  int size;

  __device__ std::uint32_t Row(int i) const { return rows[i + 1]; }
};

// A sum of gradients: over occurrences [begin, end) of a tile, then of the row `first` unless it is null, then of
// `count` rows that lie end to end.
struct GradientSum {
  const Tile* tile;
  int begin;
  int end;
  const float* first;
  const float* rows;
  std::int64_t count;
  std::int64_t columns;

  template <class Part>
  __device__ Part Of(std::int64_t column) const {
    const std::int64_t left = columns - column;
    Part sum = first == nullptr ? Part::Zero() : Part::Load(first + column, left);
#pragma unroll 4
    for (int i = begin; i < end; ++i) sum.AddScaled(Part::Load(tile->gradients[i] + column, left), tile->weights[i]);
    for (std::int64_t i = 0; i < count; ++i) sum.AddScaled(Part::Load(rows + i * columns + column, left), 1);
    return sum;
  }
  template <class Part>
  __device__ void Store(float* target) const {
    for (std::int64_t column = 0; column < columns; column += Part::kColumns) {
      Of<Part>(column).Store(target + column, columns - column);
    }
  }
};

// The occurrences of a warp.
struct Slice {
  int begin;
  int end;
  unsigned heads;  // bit i: a run begins at begin + i

  // Where the first run at or behind `place` begins, or the end. `place` is not behind the end.
  __device__ int NextRun(int place) const {
    const unsigned rest = heads >> (place - begin);
    return rest == 0 ? end : place + __ffs(static_cast<int>(rest)) - 1;
  }
};

__device__ const float* GradientOf(const GradientRows& gradients, std::int64_t row, std::int64_t columns) {
  int use = gradients.uses - 1;
  while (row < gradients.first_row[use]) --use;
  return gradients.data[use] + (row - gradients.first_row[use]) * columns;
}

// The block reads the occurrences from `first` on.
__device__ void LoadTile(const SortedOccurrences& sorted, std::int64_t first, std::int64_t columns, const Tile& tile) {
  for (int i = threadIdx.x; i < tile.size + 2; i += blockDim.x) {
    const std::int64_t at = first + i - 1;
    tile.rows[i] = at >= 0 && at < sorted.count ? sorted.rows[at] : kNoRow;
  }
  for (int i = threadIdx.x; i < tile.size; i += blockDim.x) {
    const Occurrence occurrence = sorted.occurrences[first + i];
    tile.gradients[i] = GradientOf(sorted.gradients, occurrence.gradient, columns);
    tile.weights[i] = occurrence.weight;
  }
}

__device__ Slice SliceOf(const Tile& tile, int warp) {
  const int lane = threadIdx.x % kWarpSize;
  const int begin = min(warp * kSlice, tile.size);
  const int end = min(begin + kSlice, tile.size);
  const int own = begin + lane;
  return {begin, end, __ballot_sync(kFullWarp, own < end && tile.Row(own) != tile.Row(own - 1))};
}

// Finishes a run of which the warp's slice holds [begin, end) and the slices behind it hold sums, or hands it on.
template <class Part>
__device__ void FinishRun(const Tile& tile, int begin, int end, const float* slice_sums, const UpdatedTable& table,
                          const TileSums& sums, float* shared) {
  const int warp = threadIdx.x / kWarpSize;
  const std::uint32_t row = tile.Row(begin);
  int next = warp + 1;
  while (next * kSlice < tile.size && tile.Row(next * kSlice) == row) ++next;
  const float* behind = slice_sums + (warp + 1) * table.columns;
  const GradientSum sum{&tile, begin, end, nullptr, behind, next - warp - 1, table.columns};
  if (begin == 0 && tile.Row(-1) == row) {
    sum.Store<Part>(sums.leads + blockIdx.x * table.columns);
  } else if (tile.Row(tile.size) == row) {
    sum.Store<Part>(sums.trails + blockIdx.x * table.columns);
  } else {
    TableRow<Part>(table, row, shared).Update([&](std::int64_t column) { return sum.Of<Part>(column); });
  }
}

// Dynamic shared memory: [warps, columns] sums of slices over runs that began before them; none for one warp.
template <class Part>
__global__ void __launch_bounds__(kMostThreads, kBlocksPerProcessor<Part>)
    SumTilesKernel(const SortedOccurrences sorted, const UpdatedTable table, const TileSums sums) {
  SHORTLIST_SHARED(std::uint32_t, rows, kMostTile + 2);
  SHORTLIST_SHARED(const float*, gradients, kMostTile);
  SHORTLIST_SHARED(float, weights, kMostTile);
  SHORTLIST_SHARED(float4, state, kMostWarps * TableRow<Part>::kShared / kVectorWidth);
  SHORTLIST_DYNAMIC_SHARED(float, slice_sums);
  const int warp = threadIdx.x / kWarpSize;
  const int tile_size = static_cast<int>(blockDim.x) / kWarpSize * kSlice;
  const std::int64_t first = std::int64_t{blockIdx.x} * tile_size;
  const Tile tile{rows, gradients, weights, static_cast<int>(min(std::int64_t{tile_size}, sorted.count - first))};
  float* shared = &state[0].x + warp * TableRow<Part>::kShared;
  LoadTile(sorted, first, table.columns, tile);
  __syncthreads();
  const Slice slice = SliceOf(tile, warp);
  const int lead = slice.NextRun(slice.begin);
  if (warp > 0 && lead > slice.begin) {
    const GradientSum sum{&tile, slice.begin, lead, nullptr, nullptr, 0, table.columns};
    sum.Store<Part>(slice_sums + warp * table.columns);
  }
  __syncthreads();
  for (int run = warp == 0 ? 0 : lead; run < slice.end;) {
    const int end = slice.NextRun(run + 1);
    FinishRun<Part>(tile, run, end, slice_sums, table, sums, shared);
    run = end;
  }
  if (threadIdx.x == 0) {
    const std::uint32_t last = tile.Row(tile.size - 1);
    sums.trailing[blockIdx.x] = tile.Row(tile.size) == last && tile.Row(-1) != last ? last : kNoRow;
  }
}

// How many tiles behind `tile` begin with an occurrence of `row`; at least one does. By doubling, then bisection.
__device__ std::int64_t TilesReached(const SortedOccurrences& sorted, std::int64_t tile, int tile_size,
                                     std::uint32_t row) {
  const auto reached = [&](std::int64_t tiles) {
    const std::int64_t first = (tile + tiles) * tile_size;
    return first < sorted.count && sorted.rows[first] == row;
  };
  std::int64_t low = 1;
  std::int64_t step = 1;
  for (; reached(low + step); step *= 2) low += step;
  std::int64_t high = low + step;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (reached(middle) ? low : high) = middle;
  }
  return low;
}

// Dynamic shared memory: [warps, columns] sums of each warp's share of the tiles.
template <class Part>
__global__ void __launch_bounds__(kMostThreads, kBlocksPerProcessor<Part>)
    FinishRunsKernel(const SortedOccurrences sorted, const UpdatedTable table, const TileSums sums) {
  SHORTLIST_SHARED(std::int64_t, reached, 1);
  SHORTLIST_SHARED(float4, state, TableRow<Part>::kShared / kVectorWidth);
  SHORTLIST_DYNAMIC_SHARED(float, share_sums);
  const std::uint32_t row = sums.trailing[blockIdx.x];
  if (row == kNoRow) return;
  const int warp = threadIdx.x / kWarpSize;
  const int warps = static_cast<int>(blockDim.x) / kWarpSize;
  if (threadIdx.x == 0) reached[0] = TilesReached(sorted, blockIdx.x, warps * kSlice, row);
  __syncthreads();
  const std::int64_t tiles = reached[0];
  const std::int64_t share = max(kLeastTilesPerWarp, (tiles + warps - 1) / warps);
  const std::int64_t begin = min(warp * share, tiles);
  const std::int64_t end = min(begin + share, tiles);
  const float* trail = warp == 0 ? sums.trails + blockIdx.x * table.columns : nullptr;
  const float* leads = sums.leads + (blockIdx.x + 1 + begin) * table.columns;
  GradientSum sum{nullptr, 0, 0, trail, leads, end - begin, table.columns};
  if (tiles > share) {
    sum.Store<Part>(share_sums + warp * table.columns);
    __syncthreads();
    sum = {nullptr, 0, 0, nullptr, share_sums, (tiles + share - 1) / share, table.columns};
  }
  if (warp > 0) return;
  TableRow<Part>(table, row, &state[0].x).Update([&](std::int64_t column) { return sum.Of<Part>(column); });
}

namespace {

TileSums TakeTileSums(Workspace& workspace, std::int64_t tiles, std::int64_t columns) {
  return {workspace.Take<float>(tiles * columns), workspace.Take<float>(tiles * columns),
          workspace.Take<std::uint32_t>(tiles)};
}

// As many warps as have room for their slice's sum.
int WarpsFor(std::int64_t columns) {
  const std::int64_t row_bytes = columns * static_cast<std::int64_t>(sizeof(float));
  return static_cast<int>(std::clamp(kSliceSumBytes / row_bytes, std::int64_t{1}, std::int64_t{kMostWarps}));
}

void Update(Queue& queue, std::string_view operation, std::span<const SparseGradient> uses, const UpdatedTable& table) {
  const SortedOccurrences sorted = SortByTableRow(queue, operation, uses);
  if (sorted.count == 0 || table.columns == 0) return;
  const int warps = WarpsFor(table.columns);
  const std::int64_t tiles = BlocksFor(sorted.count, std::int64_t{warps} * kSlice);
  const std::size_t shared_bytes = warps == 1 ? 0 : static_cast<std::size_t>(warps * table.columns) * sizeof(float);
  const LaunchShape shape{tiles, warps * kWarpSize, shared_bytes};
  const TileSums sums = TakeTileSums(queue.workspace(), tiles, table.columns);
  const bool by_element = table.kind == OptimizerKind::kAdagrad;
  Access access = AccessOf(table.columns, {table.table, by_element ? table.state : nullptr});
  for (const SparseGradient& use : uses) {
    if (AccessOf(table.columns, {use.grad.data}) == Access::kScalars) access = Access::kScalars;
  }
  WithRowPart(table.columns, access, [&](auto part) {
    Launch(operation, shape, queue.stream(), SumTilesKernel<decltype(part)>, sorted, table, sums);
    Launch(operation, shape, queue.stream(), FinishRunsKernel<decltype(part)>, sorted, table, sums);
  });
}

}  // namespace

void SparseUpdate(Queue& queue, Matrix table, Matrix state, std::span<const SparseGradient> uses,
                  const Optimizer& optimizer) {
  Update(queue, "SparseUpdate", uses, {table.data, state.data, table.columns, optimizer.kind, ConstantsOf(optimizer)});
}

// Gradient descent at the rate of -1 adds the gradient.
void ScatterAdd(Queue& queue, std::span<const SparseGradient> uses, Matrix gradient) {
  const Optimizer adding{.kind = OptimizerKind::kSgd, .rate = -1};
  Update(queue, "ScatterAdd", uses, {gradient.data, nullptr, gradient.columns, adding.kind, ConstantsOf(adding)});
}

}  // namespace shortlist::cuda
