#include "index/best_neighbors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BestNeighborsTest, KeepsTheBestWithSmallerIdsFirstAmongEquals) {
  BestNeighbors best(3);
  for (const Neighbor neighbor : {Neighbor{5, 1}, {4, 2}, {3, 1}, {2, 0}, {9, 1}, {1, 1}}) best.Offer(neighbor);
  EXPECT_THAT(Ids(best.Take()), ElementsAre(4, 1, 3));
}

TEST(BestNeighborsTest, OfNoneKeepsNone) {
  BestNeighbors best(0);
  for (std::int32_t id = 0; id < 100; ++id) best.Offer({id, std::numeric_limits<float>::infinity()});
  EXPECT_THAT(best.Take(), IsEmpty());
}

// Few distinct scores of both signs make many ties, also across the last place.
TEST(BestNeighborsTest, AgreesWithSortingAll) {
  std::mt19937_64 random(1);
  for (const std::int64_t k : {1, 10, 33, 400, 3000}) {
    std::vector<Neighbor> offered;
    for (std::int32_t id = 0; id < 2000; ++id) offered.push_back({id, static_cast<float>(random() % 50) / 7 - 3});
    std::ranges::shuffle(offered, random);
    BestNeighbors best(k);
    for (const Neighbor& neighbor : offered) best.Offer(neighbor);
    std::ranges::sort(offered, Better);
    offered.resize(std::min<std::size_t>(offered.size(), static_cast<std::size_t>(k)));
    const std::vector<Neighbor> taken = best.Take();
    ASSERT_EQ(Ids(taken), Ids(offered)) << k;
    EXPECT_TRUE(std::ranges::equal(taken, offered, {}, &Neighbor::score, &Neighbor::score));
  }
}

TEST(BestNeighborsTest, TheBarIsBelowNoneOfTheBest) {
  BestNeighbors best(10);
  EXPECT_EQ(best.bar(), -std::numeric_limits<float>::infinity());
  for (std::int32_t id = 0; id < 1000; ++id) best.Offer({id, static_cast<float>(id)});
  EXPECT_LE(best.bar(), 990);
  EXPECT_GE(best.bar(), 900);
}

TEST(BestNeighborsTest, WithLessToSpareTheBarRisesSooner) {
  BestNeighbors best(10, 1);
  for (std::int32_t id = 0; id < 1000; ++id) {
    best.Offer({id, static_cast<float>(id)});
    ASSERT_EQ(best.bar(), id < 10 ? -std::numeric_limits<float>::infinity() : static_cast<float>(id - 9));
  }
  EXPECT_THAT(Ids(best.Take()), ElementsAre(999, 998, 997, 996, 995, 994, 993, 992, 991, 990));
}

TEST(BestNeighborsTest, ZeroHasNoSignAndNanIsNotKept) {
  BestNeighbors best(5);
  for (const Neighbor neighbor : {Neighbor{2, 0.0F}, {1, -0.0F}, {3, std::nanf("")}, {0, -1e-30F}})
    best.Offer(neighbor);
  EXPECT_THAT(Ids(best.Take()), ElementsAre(1, 2, 0));
}

}  // namespace
}  // namespace shortlist::index
