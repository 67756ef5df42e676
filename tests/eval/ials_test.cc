#include "eval/ials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

// Items 0 and 1 lie on one axis and 2 and 3 on the other; item 4 is nowhere.
class IalsTest : public ::testing::Test {
 protected:
  IalsTest() {
    settings_.dimension = 2;
    settings_.unobserved_weight = 0.01;
    settings_.regularization = 0.1;
  }

  std::vector<std::int32_t> Rank(const Query& query, SeenRule seen, std::int64_t k = 5) {
    const IalsRecommender recommender({1, 0, 0.9F, 0, 0, 1, 0, 0.8F, 0, 0}, settings_, {4, 3, 2, 1, 0}, factors_,
                                      pool_);
    return recommender.Rank({&query, 1}, k, seen).front();
  }

  base::ThreadPool pool_{1};
  IalsSettings settings_;
  std::vector<float> factors_ = {1, 1, 1, 1, 1};
};

TEST_F(IalsTest, SolvesForTheHistoryAndFillsUpWithThePopular) {
  EXPECT_THAT(Rank(QueryOf({0}), SeenRule::kMask), ElementsAre(1, 4, 3, 2));
  EXPECT_THAT(Rank(QueryOf({3}), SeenRule::kAllow, 3), ElementsAre(2, 3, 4));
}

TEST_F(IalsTest, DecayPrefersTheLastEvents) {
  EXPECT_THAT(Rank(QueryOf({3, 0, 1}), SeenRule::kAllow, 4), ElementsAre(0, 2, 1, 3));
  settings_.history_decay = 0.1;
  EXPECT_THAT(Rank(QueryOf({3, 0, 1}), SeenRule::kAllow, 4), ElementsAre(0, 1, 2, 3));
}

TEST_F(IalsTest, DemandPrefersWhatIsBoughtNow) {
  factors_ = {1, 1, 1, 2, 1};
  EXPECT_THAT(Rank(QueryOf({3}), SeenRule::kAllow, 2), ElementsAre(3, 2));
}

}  // namespace
}  // namespace shortlist::eval
