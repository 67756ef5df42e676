#include "eval/block_recommender.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kItems = 2500;  // several blocks

// Scores by item, the same for everybody.
class FixedScorer : public BlockScorer {
 public:
  explicit FixedScorer(const std::vector<float>& scores) : scores_(scores) {}

  void Enter(Range candidates) override { candidates_ = candidates; }
  void Score(Range queries, std::span<float> scores) const override {
    for (std::int64_t query = 0; query < queries.size(); ++query) {
      std::copy(scores_.begin() + candidates_.begin, scores_.begin() + candidates_.end,
                scores.begin() + query * candidates_.size());
    }
  }

 private:
  const std::vector<float>& scores_;
  Range candidates_;
};

class FixedRecommender : public BlockRecommender {
 public:
  FixedRecommender(std::vector<float> scores, std::vector<std::int32_t> fallback, std::vector<float> factors,
                   base::ThreadPool& pool)
      : BlockRecommender(std::move(fallback), std::move(factors), pool), scores_(std::move(scores)) {}

  std::string Name() const override { return "fixed"; }

 private:
  std::unique_ptr<BlockScorer> MakeScorer(std::span<const Query> /*queries*/) const override {
    return std::make_unique<FixedScorer>(scores_);
  }

  std::vector<float> scores_;
};

class BlockRecommenderTest : public ::testing::Test {
 protected:
  BlockRecommenderTest() : scores_(kItems), factors_(kItems, 1), fallback_(kItems) {
    std::iota(fallback_.rbegin(), fallback_.rend(), 0);
  }

  std::vector<std::int32_t> Rank(const Query& query, SeenRule seen, std::int64_t k) {
    return FixedRecommender(scores_, fallback_, factors_, pool_).Rank({&query, 1}, k, seen).front();
  }

  std::vector<float> scores_;
  std::vector<float> factors_;
  std::vector<std::int32_t> fallback_;  // the last item first
  base::ThreadPool pool_{2};
};

TEST_F(BlockRecommenderTest, FindsTheBestOfAllBlocksWithTiesByIndex) {
  scores_[5] = 1;
  scores_[2400] = 3;
  scores_[1100] = 1;
  scores_[1500] = 2;
  scores_[7] = 1;
  EXPECT_THAT(Rank(QueryOf({}), SeenRule::kMask, 4), ElementsAre(2400, 1500, 5, 7));
}

TEST_F(BlockRecommenderTest, PlacesWithoutAPositiveScoreGoToTheFallback) {
  scores_[5] = 1;
  scores_[2499] = 0.5;
  scores_[6] = -1;
  EXPECT_THAT(Rank(QueryOf({2498}), SeenRule::kMask, 4), ElementsAre(5, 2499, 2497, 2496));
}

TEST_F(BlockRecommenderTest, TheHistoryIsLeftOutOnlyWhenMasked) {
  scores_[1030] = 2;
  scores_[1031] = 1;
  EXPECT_THAT(Rank(QueryOf({1030, 1030}), SeenRule::kMask, 1), ElementsAre(1031));
  EXPECT_THAT(Rank(QueryOf({1030}), SeenRule::kAllow, 2), ElementsAre(1030, 1031));
}

TEST_F(BlockRecommenderTest, ScoresAreMultipliedByTheFactors) {
  scores_[1] = 3;
  scores_[2000] = 2;
  factors_[2000] = 2;
  EXPECT_THAT(Rank(QueryOf({}), SeenRule::kMask, 2), ElementsAre(2000, 1));
}

TEST_F(BlockRecommenderTest, MoreQueriesThanATaskTakesAreAllRanked) {
  scores_[9] = 1;
  const std::vector<Query> queries(200, QueryOf({}));
  for (const auto& ranking : FixedRecommender(scores_, fallback_, factors_, pool_).Rank(queries, 1, SeenRule::kMask)) {
    EXPECT_THAT(ranking, ElementsAre(9));
  }
}

}  // namespace
}  // namespace shortlist::eval
