#include "model/closed_form.h"

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/thread_pool.h"
#include "model/tiny_model.h"
#include "model/two_tower.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;

constexpr std::int64_t kItems = 4;

ModelSettings SettingsOf(ModelKind kind) {
  ModelSettings settings;
  settings.kind = kind;
  settings.ials.dimension = 2;
  settings.prior.window_days = 7;
  return settings;
}

TwoTowerSpec SpecOf(const ModelSettings& settings, bool has_times = true) {
  TwoTowerSpec spec;
  spec.settings = ClosedFormSettings(settings, kItems, has_times);
  spec.items = kItems;
  return spec;
}

// Row i of the table is 10 i + column.
std::vector<float> NumberedTable(std::int64_t dimension) {
  std::vector<float> table;
  for (std::int64_t i = 0; i < kItems * dimension; ++i) {
    const std::int64_t row = i / dimension;
    table.push_back(static_cast<float>(10 * row + i % dimension));
  }
  return table;
}

// (item, event weight), the newest last; the pool's weights sum to one.
base::Bags Normalized(const std::vector<std::int32_t>& items, const std::vector<float>& weights) {
  float sum = 0;
  for (const float weight : weights) sum += weight;
  base::Bags bags;
  for (std::size_t i = 0; i < items.size(); ++i) bags.Append(items[i], weights[i] / sum);
  bags.EndRow();
  return bags;
}

class ClosedFormTest : public ::testing::Test {
 protected:
  TwoTower Make(const ModelSettings& settings, std::vector<float> log_demand = std::vector<float>(kItems, 0.0F)) {
    const TwoTowerSpec spec = SpecOf(settings);
    ItemInputs items;
    items.features.rows = kItems;
    items.log_demand = std::move(log_demand);
    TwoTower model(spec, std::move(items), *backend_, 1);
    model.ReplacePriorWeights(ClosedFormPriorWeights(spec.settings));
    return model;
  }

  static std::vector<float> Encode(const TwoTower& model, std::vector<base::Bags> pools) {
    base::QueryBatch batch;
    batch.pools = std::move(pools);
    std::vector<float> out(static_cast<std::size_t>(batch.rows() * model.vector_width()));
    model.EncodeUsers(batch, out);
    return out;
  }

  static std::vector<float> Items(const TwoTower& model) {
    std::vector<float> out(static_cast<std::size_t>(kItems * model.vector_width()));
    model.EncodeItems(0, kItems, out);
    return out;
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(ClosedFormTest, PopularityIsTheSameForEverybodyAndOrdersByDemand) {
  const TwoTower model = Make(SettingsOf(ModelKind::kPopularity), {0.5F, 2, 0, 1});
  EXPECT_THAT(Encode(model, {Normalized({1, 3}, {1, 1})}), ElementsAre(0, 0, 1));
  EXPECT_THAT(Items(model), ElementsAre(0, 0, 0.5F, 0, 0, 2, 0, 0, 0, 0, 0, 1));
}

TEST_F(ClosedFormTest, PopularityOfAWindowReadsThatWindow) {
  ModelSettings settings = SettingsOf(ModelKind::kPopularity);
  EXPECT_EQ(ClosedFormSettings(settings, kItems, true).prior.kind, PriorKind::kPopularity);
  settings.prior.kind = PriorKind::kRecentDemand;
  const PriorSettings prior = ClosedFormSettings(settings, kItems, true).prior;
  EXPECT_EQ(prior.kind, PriorKind::kRecentDemand);
  EXPECT_EQ(prior.window_days, 7);
  EXPECT_EQ(DemandWidth(prior), 1);
}

TEST_F(ClosedFormTest, ItemKnnAddsRepeatsAndEaseCountsTheHeaviest) {
  const std::vector<base::Bags> pools = {Normalized({2, 0, 2}, {0.25F, 0.5F, 1})};
  EXPECT_THAT(Encode(Make(SettingsOf(ModelKind::kItemKnn)), pools),
              ElementsAre(FloatEq(0.5F), 0, FloatEq(1.25F), 0, 1));
  EXPECT_THAT(Encode(Make(SettingsOf(ModelKind::kEase)), pools), ElementsAre(FloatEq(0.5F), 0, FloatEq(1), 0, 1));
}

TEST_F(ClosedFormTest, TheWeightsOfSeveralDecaysMultiply) {
  ModelSettings settings = SettingsOf(ModelKind::kEase);
  settings.ease.history_decay = 0.5;
  settings.ease.history_half_life_days = 10;
  ASSERT_EQ(ClosedFormSettings(settings, kItems, true).history.pools.size(), 2U);
  const std::vector<base::Bags> pools = {Normalized({0, 1}, {0.5F, 1}), Normalized({0, 1}, {0.25F, 1})};
  EXPECT_THAT(Encode(Make(settings), pools), ElementsAre(FloatEq(0.125F), FloatEq(1), 0, 0, 1));
}

TEST_F(ClosedFormTest, IalsSolvesForTheHistory) {
  const ModelSettings settings = SettingsOf(ModelKind::kIals);
  TwoTower model = Make(settings);
  const std::vector<float> table = {1, 0, 0, 1, 0.5F, 0.5F, -1, 0.25F};
  model.ReplaceItemTable(table);
  base::ThreadPool pool(1);
  std::vector<float> expected(2);
  linear::LeastSquares::Scratch scratch;
  linear::LeastSquares(table, settings.ials, pool)
      .Solve(std::vector<linear::WeightedItem>{{0, 1}, {3, 1}}, expected, scratch);
  EXPECT_THAT(Encode(model, {Normalized({3, 0}, {1, 1})}),
              ElementsAre(FloatNear(expected[0], 1e-6F), FloatNear(expected[1], 1e-6F), 1));
  EXPECT_THAT(Encode(model, {Normalized({}, {})}), ElementsAre(0, 0, 1)) << "of nobody nothing is known";
}

TEST_F(ClosedFormTest, RecentDemandMultipliesAnItemsVector) {
  ModelSettings settings = SettingsOf(ModelKind::kIals);
  settings.ials.demand_exponent = 0.5;
  const float of_three = std::log(4.0F);  // three events and one
  TwoTower model = Make(settings, {0, 5, of_three, 5, 0, 5, 0, 5});
  model.ReplaceItemTable(NumberedTable(2));
  const std::vector<float> items = Items(model);
  EXPECT_THAT(std::vector<float>(items.begin() + 3, items.begin() + 5), ElementsAre(FloatEq(20), FloatEq(22)));
  EXPECT_THAT(std::vector<float>(items.begin() + 6, items.begin() + 8), ElementsAre(20, 21));
}

// So little that it orders nothing but what has no score.
TEST_F(ClosedFormTest, ItemsWithoutAScoreStandByTheirPopularity) {
  TwoTower model = Make(SettingsOf(ModelKind::kItemKnn), {1, 2, 3, 0});
  const std::vector<float> items = Items(model);
  const auto prior = [&](std::size_t item) { return items[item * (kItems + 1) + kItems]; };
  EXPECT_GT(prior(2), prior(1));
  EXPECT_GT(prior(1), prior(0));
  EXPECT_EQ(prior(3), 0);
  EXPECT_EQ(1e-6F + prior(2), 1e-6F);
}

TEST_F(ClosedFormTest, ATableOfAnotherSizeIsRefused) {
  TwoTower model = Make(SettingsOf(ModelKind::kIals));
  EXPECT_THROW(model.ReplaceItemTable(std::vector<float>(3)), Error);
}

TEST_F(ClosedFormTest, ShapesOfAnotherModelAreRefused) {
  TwoTowerSpec spec = SpecOf(SettingsOf(ModelKind::kIals));
  spec.settings.ials.dimension = 3;
  ItemInputs items;
  items.features.rows = kItems;
  items.log_demand.resize(kItems);
  EXPECT_THROW(TwoTower(spec, items, *backend_, 1), Error);
}

TEST_F(ClosedFormTest, ItemItemModelsTakeNoOtherCatalogIn) {
  const std::vector<std::int32_t> rows = {3, 1};
  EXPECT_THROW(Make(SettingsOf(ModelKind::kEase)).WithCatalog(rows, {}), Error);
  EXPECT_THROW(Make(SettingsOf(ModelKind::kItemKnn)).WithCatalog(rows, {}), Error);
}

TEST_F(ClosedFormTest, OthersDo) {
  TwoTower model = Make(SettingsOf(ModelKind::kIals));
  model.ReplaceItemTable(NumberedTable(2));
  const std::vector<std::int32_t> rows = {3, 1};
  const TwoTower next = model.WithCatalog(rows, {});
  std::vector<float> out(2 * 3);
  next.EncodeItems(0, 2, out);
  EXPECT_THAT(out, ElementsAre(30, 31, 0, 10, 11, 0));
}

}  // namespace
}  // namespace shortlist::model
