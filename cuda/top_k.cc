#include "cuda/top_k.h"

#include <algorithm>

#include "cuda/check.h"
#include "cuda/gemm.h"
#include "cuda/select_best.h"

namespace shortlist::cuda {
namespace {

using tensor::BagsView;
using tensor::ConstMatrix;
using tensor::Matrix;

constexpr std::int64_t kMostQueries = 1024;
// Places of the best candidates that are kept at once, 8 bytes each.
constexpr std::int64_t kMostPlaces = std::int64_t{8} << 20;

ConstMatrix RowsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin * matrix.columns, end - begin, matrix.columns};
}

// The scores of queries [first, first + rows) are found, tile by tile of the candidates, in `tile` and kept in `best`.
struct Search {
  ConstMatrix queries;
  ConstMatrix candidates;
  BagsView excluded;
  float* tile;
  BestLists best;

  void Run(Queue& queue, std::int64_t first) const {
    Check(cudaMemsetAsync(best.entries, 0, static_cast<std::size_t>(best.lists * best.places) * sizeof(RankedCandidate),
                          queue.stream()),
          "TopK");
    for (std::int64_t begin = 0; begin < candidates.rows; begin += kCandidateTile) {
      const std::int64_t end = std::min(begin + kCandidateTile, candidates.rows);
      const Matrix scores{tile, best.lists, end - begin};
      Gemm(queue, {RowsOf(queries, first, first + best.lists)},
           {RowsOf(candidates, begin, end), Orientation::kTransposed}, {scores}, Precision::kFloat32);
      MergeTile(queue, scores, begin, {excluded, first}, best);
    }
  }
};

}  // namespace

void TopK(Queue& queue, ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
          std::int32_t* ids, float* scores) {
  const std::int64_t places = std::min(k, candidates.rows);
  const std::int64_t most = std::clamp(kMostPlaces / std::max(places, std::int64_t{1}), std::int64_t{1}, kMostQueries);
  const std::int64_t rows = std::min(queries.rows, most);
  auto* tile = queue.workspace().Take<float>(rows * std::min(candidates.rows, kCandidateTile));
  auto* entries = queue.workspace().Take<RankedCandidate>(rows * places);
  for (std::int64_t first = 0; first < queries.rows; first += rows) {
    const BestLists best{entries, std::min(rows, queries.rows - first), places};
    if (places > 0) Search{queries, candidates, excluded, tile, best}.Run(queue, first);
    WriteBest(queue, best, k, ids + first * k, scores + first * k);
  }
}

}  // namespace shortlist::cuda
