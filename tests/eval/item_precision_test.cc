#include "eval/item_precision.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

using Matrix = std::vector<std::vector<double>>;

IndexLists RandomLists(std::size_t users, std::int32_t items, unsigned seed) {
  std::mt19937 random(seed);
  IndexLists lists;
  for (std::size_t user = 0; user < users; ++user) {
    for (std::int32_t item = 0; item < items; ++item) {
      if (random() % 4 == 0) lists.values.push_back(item);
    }
    lists.offsets.push_back(static_cast<std::int64_t>(lists.values.size()));
  }
  return lists;
}

// X'WX + r I, from the definition.
Matrix RegularizedCounts(const IndexLists& lists, std::size_t items, const EaseSettings& settings) {
  Matrix counts(items, std::vector<double>(items));
  for (std::size_t user = 0; user < lists.rows(); ++user) {
    const double weight = std::pow(static_cast<double>(lists[user].size()), settings.user_length_exponent);
    for (const std::int32_t a : lists[user]) {
      for (const std::int32_t b : lists[user]) counts[a][b] += weight;
    }
  }
  for (std::size_t item = 0; item < items; ++item) counts[item][item] += settings.regularization;
  return counts;
}

// Twice as many users as items, or the other way around.
class ItemPrecisionTest : public ::testing::TestWithParam<std::pair<std::size_t, std::int32_t>> {
 protected:
  // P, in blocks of columns.
  std::vector<float> AllColumns(const ItemPrecision& precision, std::int64_t block) {
    const std::int64_t items = precision.items();
    std::vector<float> all(static_cast<std::size_t>(items * items));
    std::vector<float> scratch;
    for (std::int64_t begin = 0; begin < items; begin += block) {
      const std::int64_t end = std::min(begin + block, items);
      const tensor::cpu::ConstTile columns = precision.Columns(begin, end, scratch, pool_);
      EXPECT_EQ(columns.rows, items);
      EXPECT_EQ(columns.columns, end - begin);
      for (std::int64_t row = 0; row < items; ++row) {
        for (std::int64_t i = begin; i < end; ++i) {
          all[row * items + i] = columns.data[row * columns.stride + i - begin];
        }
      }
    }
    return all;
  }

  base::ThreadPool pool_{2};
  EaseSettings settings_;
};

TEST_P(ItemPrecisionTest, IsTheInverseUpToAFactor) {
  const auto [users, items] = GetParam();
  settings_.regularization = 3;
  settings_.user_length_exponent = -0.5;
  const IndexLists lists = RandomLists(users, items, 7);
  const Matrix counts = RegularizedCounts(lists, static_cast<std::size_t>(items), settings_);
  const std::vector<float> inverse = AllColumns(ItemPrecision(lists, items, settings_, pool_), 7);
  double factor = 0;
  for (std::int32_t k = 0; k < items; ++k) factor += counts[0][k] * inverse[k * items];
  for (std::int32_t i = 0; i < items; ++i) {
    for (std::int32_t j = 0; j < items; ++j) {
      double sum = 0;
      for (std::int32_t k = 0; k < items; ++k) sum += counts[i][k] * inverse[k * items + j];
      EXPECT_NEAR(sum / factor, i == j ? 1 : 0, 1e-5) << i << ", " << j;
    }
  }
}

TEST_P(ItemPrecisionTest, NeitherThreadsNorBlocksMatter) {
  const auto [users, items] = GetParam();
  const IndexLists lists = RandomLists(users, items, 8);
  base::ThreadPool one(1);
  const ItemPrecision alone(lists, items, settings_, one);
  const ItemPrecision together(lists, items, settings_, pool_);
  EXPECT_EQ(AllColumns(alone, items), AllColumns(together, 5));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ItemPrecisionTest, ::testing::Values(std::pair(60, 30), std::pair(30, 60)));

TEST(ItemPrecisionMemoryTest, TheSmallerSideDecides) {
  EXPECT_EQ(ItemPrecision::MemoryFor(1000, 10), 400);
  EXPECT_EQ(ItemPrecision::MemoryFor(10, 1000), 400);
}

}  // namespace
}  // namespace shortlist::eval
