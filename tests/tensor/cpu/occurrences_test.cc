#include "tensor/cpu/occurrences.h"

#include <random>

#include <gmock/gmock.h>

#include "base/bags.h"

namespace shortlist::tensor::cpu {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BagsView ViewOf(const base::Bags& bags) {
  return {bags.ids.data(), bags.weights.data(), bags.offsets.data(), bags.rows(),
          static_cast<std::int64_t>(bags.ids.size())};
}

TEST(OccurrencesTest, NoUses) {
  const Occurrences groups = GroupByTableRow("Op", {}, 10);
  EXPECT_THAT(groups.ids, IsEmpty());
  EXPECT_THAT(groups.begins, ElementsAre(0));
}

TEST(OccurrencesTest, GroupsKeepTheOrderOfUsesAndIds) {
  base::Bags first;
  first.Append(7, 1);
  first.Append(2, 2);
  first.EndRow();
  first.Append(7, 3);
  first.EndRow();
  base::Bags second;
  second.Append(2, 4);
  second.Append(7, 5);
  second.EndRow();
  const std::vector<float> gradients(6);
  const std::vector<SparseGradient> uses{{ViewOf(first), {gradients.data(), 2, 2}},
                                         {ViewOf(second), {gradients.data() + 4, 1, 2}}};
  const Occurrences groups = GroupByTableRow("Op", uses, 10);
  EXPECT_THAT(groups.ids, ElementsAre(2, 7));
  EXPECT_THAT(groups.begins, ElementsAre(0, 2, 5));
  std::vector<float> weights;
  std::vector<std::ptrdiff_t> places;
  for (const WeightedRow& row : groups.rows) {
    weights.push_back(row.weight);
    places.push_back(row.values - gradients.data());
  }
  EXPECT_THAT(weights, ElementsAre(2, 4, 1, 3, 5));
  EXPECT_THAT(places, ElementsAre(0, 4, 0, 2, 4));
}

TEST(OccurrencesTest, SortsIdsOfEveryWidth) {
  for (const std::int64_t table_rows : {1, 2, 2048, 2049, 1 << 22, 2147483647}) {
    std::mt19937 random(1);
    base::Bags bags;
    for (int i = 0; i < 2000; ++i) bags.Append(static_cast<std::int32_t>(random() % table_rows), 1);
    bags.Append(static_cast<std::int32_t>(table_rows - 1), 1);
    bags.EndRow();
    const float gradient = 0;
    const std::vector<SparseGradient> uses{{ViewOf(bags), {&gradient, 1, 1}}};
    const Occurrences groups = GroupByTableRow("Op", uses, table_rows);
    EXPECT_EQ(std::adjacent_find(groups.ids.begin(), groups.ids.end(), std::greater_equal<>()), groups.ids.end());
    EXPECT_EQ(groups.ids.back(), table_rows - 1);
    EXPECT_EQ(groups.rows.size(), 2001U);
  }
}

}  // namespace
}  // namespace shortlist::tensor::cpu
