#include "index/tuning_grid.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "index/inverted_lists.h"

namespace shortlist::index {
namespace {

std::int64_t CountOf(const std::vector<VectorIndexSettings>& grid, IndexKind kind) {
  return std::ranges::count(grid, kind, &VectorIndexSettings::kind);
}

TEST(TuningGridTest, BeginsWithTheSimplestAndHasEveryKind) {
  const auto grid = TuningGrid({40981, 64}, 10);
  EXPECT_EQ(grid.front().kind, IndexKind::kFlat);
  EXPECT_EQ(CountOf(grid, IndexKind::kIvfFlat), 3);
  EXPECT_EQ(CountOf(grid, IndexKind::kIvfSq8), 3);
  EXPECT_EQ(CountOf(grid, IndexKind::kIvfPqFastScan), 6);
  EXPECT_EQ(CountOf(grid, IndexKind::kHnsw), 2);
  EXPECT_TRUE(std::ranges::all_of(grid, [](const auto& settings) { return settings.neighbors == 10; }));
}

TEST(TuningGridTest, ListCountsDiffer) {
  const auto grid = TuningGrid({4223, 64}, 10);
  ASSERT_EQ(CountOf(grid, IndexKind::kIvfFlat), 1);  // more lists would have too few vectors to learn from
  EXPECT_EQ(grid[1].lists, 4223 / 39);
}

TEST(TuningGridTest, IsShortForSmallAndForLargeCatalogs) {
  EXPECT_EQ(TuningGrid({4000, 64}, 10).size(), 1U);
  const auto large = TuningGrid({1'000'000, 64}, 10);
  EXPECT_EQ(CountOf(large, IndexKind::kIvfFlat), 1);
  EXPECT_EQ(large[1].lists, 4000);
}

TEST(SearchVariantsTest, OnlyCodesAreRefined) {
  VectorIndexSettings settings;
  settings.kind = IndexKind::kIvfFlat;
  EXPECT_EQ(SearchVariants(settings).size(), 1U);
  settings.kind = IndexKind::kIvfPqFastScan;
  const auto variants = SearchVariants(settings);
  ASSERT_EQ(variants.size(), 4U);
  EXPECT_EQ(variants[0].refine_factor, 2);
  EXPECT_EQ(variants[3].refine_factor, 16);
}

TEST(SearchParameterTest, IsDepthOrProbes) {
  VectorIndexSettings settings;
  settings.kind = IndexKind::kHnsw;
  settings.neighbors = 30;
  EXPECT_EQ(SearchParameterOf(settings, {40981, 64}).least, 30);
  EXPECT_EQ(SearchParameterOf(settings, {40981, 64}).field, &VectorIndexSettings::hnsw_search_depth);
  settings.kind = IndexKind::kIvfSq8;
  EXPECT_EQ(SearchParameterOf(settings, {40981, 64}).field, &VectorIndexSettings::probes);
  EXPECT_EQ(SearchParameterOf(settings, {40981, 64}).most, ListCount(settings, 40981) / 2);
}

TEST(SearchParameterTest, BeginsWithListsThatHoldTheNeighbors) {
  VectorIndexSettings settings;
  settings.kind = IndexKind::kIvfFlat;
  settings.lists = 100;
  settings.neighbors = 100;
  EXPECT_EQ(SearchParameterOf(settings, {4200, 64}).least, 8);  // 42 vectors each, of which 300 are to be visited
  settings.neighbors = 5000;
  EXPECT_EQ(SearchParameterOf(settings, {4200, 64}).least, 100);
}

}  // namespace
}  // namespace shortlist::index
