#include "eval/ials.h"

#include <utility>

#include "eval/history_weights.h"
#include "linear/least_squares.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kQueriesPerTask = 64;

// Row-major [queries, dimension].
std::vector<float> ShopperVectors(std::span<const float> item_vectors, std::span<const Query> queries,
                                  const IalsSettings& settings, base::ThreadPool& pool) {
  const linear::LeastSquares squares(item_vectors, settings, pool);
  std::vector<float> vectors(queries.size() * static_cast<std::size_t>(settings.dimension));
  const auto count = static_cast<std::int64_t>(queries.size());
  pool.ParallelFor(count, kQueriesPerTask, [&](std::int64_t begin, std::int64_t end) {
    linear::LeastSquares::Scratch scratch;
    for (std::int64_t query = begin; query < end; ++query) {
      squares.Solve(WeighHistory(queries[query], settings, RepeatRule::kLast),
                    std::span(vectors).subspan(query * settings.dimension, settings.dimension), scratch);
    }
  });
  return vectors;
}

class DotProductScorer : public BlockScorer {
 public:
  DotProductScorer(std::vector<float> queries, std::span<const float> items, std::int64_t width)
      : queries_(std::move(queries)), items_(items), width_(width) {}

  void Enter(Range candidates) override { candidates_ = candidates; }

  void Score(Range queries, std::span<float> scores) const override {
    tensor::cpu::MultiplyTransposedB(1, {queries_.data() + queries.begin * width_, queries.size(), width_, width_},
                                     {items_.data() + candidates_.begin * width_, candidates_.size(), width_, width_},
                                     0, {scores.data(), queries.size(), candidates_.size(), candidates_.size()});
  }

 private:
  std::vector<float> queries_;
  std::span<const float> items_;
  std::int64_t width_;
  Range candidates_;
};

}  // namespace

IalsRecommender::IalsRecommender(std::vector<float> item_vectors, const IalsSettings& settings,
                                 std::vector<std::int32_t> fallback, std::vector<float> factors, base::ThreadPool& pool)
    : BlockRecommender(std::move(fallback), std::move(factors), pool),
      item_vectors_(std::move(item_vectors)),
      settings_(settings) {}

std::unique_ptr<BlockScorer> IalsRecommender::MakeScorer(std::span<const Query> queries) const {
  return std::make_unique<DotProductScorer>(ShopperVectors(item_vectors_, queries, settings_, pool()), item_vectors_,
                                            settings_.dimension);
}

}  // namespace shortlist::eval
