#include "train/row_requests.h"

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

using Ids = std::vector<std::int32_t>;

class RowRequestsTest : public testing::Test {
 protected:
  // 40 replicated rows, then two sharded tables on two ranks.
  RowPlacement placement_{{{"hours", 40}, {"items", 9}, {"words", 4}},
                          {{Placement::kReplicated, {}}, {Placement::kSharded, {}}, {Placement::kSharded, {}}},
                          {0, 2}};
  RowRequests requests_{placement_};
  base::Bags hours_, items_, words_;
  std::vector<model::TableRead> reads_ = {{0, &hours_}, {1, &items_}, {2, &words_}};
};

TEST_F(RowRequestsTest, AsksForEachRowOnceAndRewritesIds) {
  hours_.ids = {35, 3, 35};
  items_.ids = {8, 1, 8, 2, 3};
  words_.ids = {1, 0};
  requests_.Collect(reads_);
  // Rank 0 owns items 0, 2, 4, 6, 8 as rows 0 to 4 and words 0, 2 as rows 5, 6; rank 1 the others alike.
  EXPECT_EQ(requests_.AskedOf(0), (Ids{4, 1, 5}));
  EXPECT_EQ(requests_.AskedOf(1), (Ids{0, 1, 4}));
  EXPECT_EQ(requests_.replicated_bits()[0], 1U << 3);
  EXPECT_EQ(requests_.replicated_bits()[1], 1U << 3);

  requests_.AddReadElsewhere(std::vector<std::uint32_t>{1U << 31, 1});
  requests_.Finish(reads_);
  EXPECT_EQ(requests_.replicated(), (Ids{3, 31, 32, 35})) << "the rows that any rank reads";
  EXPECT_EQ(hours_.ids, (Ids{3, 0, 3}));
  EXPECT_EQ(items_.ids, (Ids{4, 7, 4, 5, 8})) << "4 replicated rows, 3 of rank 0, 3 of rank 1";
  EXPECT_EQ(words_.ids, (Ids{9, 6}));
}

TEST_F(RowRequestsTest, ForgetsTheStepBefore) {
  items_.ids = {8, 1};
  hours_.ids = {7};
  requests_.Collect(reads_);
  requests_.AddReadElsewhere(std::vector<std::uint32_t>{2, 0});
  requests_.Finish(reads_);
  hours_.ids = {};
  items_.ids = {1};
  requests_.Collect(reads_);
  requests_.Finish(reads_);
  EXPECT_TRUE(requests_.AskedOf(0).empty());
  EXPECT_TRUE(requests_.replicated().empty());
  EXPECT_EQ(items_.ids, (Ids{0}));
}

}  // namespace
}  // namespace shortlist::train
