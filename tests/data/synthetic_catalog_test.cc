#include "data/synthetic_catalog.h"

#include <set>

#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

SynthesizeSettings Small() {
  SynthesizeSettings settings;
  settings.items = 600;
  settings.categories = 6;
  return settings;
}

TEST(SyntheticCatalogTest, DependsOnTheSeedAlone) {
  const SyntheticCatalog first(Small(), 1);
  const SyntheticCatalog same(Small(), 1);
  const SyntheticCatalog other(Small(), 2);
  int differences = 0;
  for (std::size_t i = 0; i < first.items().size(); ++i) {
    EXPECT_EQ(first.items()[i].title, same.items()[i].title);
    EXPECT_EQ(first.items()[i].companions, same.items()[i].companions);
    differences += first.items()[i].title == other.items()[i].title ? 0 : 1;
  }
  EXPECT_GT(differences, 500);
}

TEST(SyntheticCatalogTest, PopularityFallsWithRank) {
  const SyntheticCatalog catalog(Small(), 1);
  RandomStream random(1, 9);
  std::vector<int> draws(600);
  for (int i = 0; i < 20'000; ++i) ++draws[catalog.DrawItem(2, 1000, random)];
  EXPECT_GT(draws[2], 3 * draws[2 + 6 * 20]) << "1 / (r + 3) at ranks 0 and 20 is 23 to 3";
  for (std::size_t i = 0; i < draws.size(); ++i) EXPECT_TRUE(draws[i] == 0 || catalog.items()[i].category == 2);
}

TEST(SyntheticCatalogTest, DrawsNothingBeforeItIsOnSale) {
  const SyntheticCatalog catalog(Small(), 1);
  RandomStream random(1, 9);
  int late = 0;
  for (const SyntheticItem& item : catalog.items()) late += item.first_day > 0 ? 1 : 0;
  EXPECT_NEAR(late, 60, 30);
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t item = catalog.DrawItem(random.Below(6), 50, random);
    EXPECT_LE(catalog.items()[item].first_day, 50);
    EXPECT_LE(catalog.items()[catalog.DrawCompanion(item, 50, random)].first_day, 50);
  }
}

TEST(SyntheticCatalogTest, MoreCategoriesThanDepartmentsOrItemsStillHaveNames) {
  SynthesizeSettings settings = Small();
  settings.categories = 30;
  const SyntheticCatalog many(settings, 1);
  std::set<std::string> names;
  for (std::size_t c = 0; c < many.categories(); ++c) names.insert(many.CategoryName(c));
  EXPECT_EQ(names.size(), 30U);
  settings.items = 2;
  EXPECT_EQ(SyntheticCatalog(settings, 1).categories(), 2U);
}

}  // namespace
}  // namespace shortlist::data
