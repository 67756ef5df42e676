#include "model/two_tower.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "model/tiny_model.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

class TwoTowerTest : public testing::Test {
 protected:
  std::vector<float> Users(const TwoTower& model, const base::QueryBatch& batch) {
    std::vector<float> out(static_cast<std::size_t>(batch.rows() * model.vector_width()));
    model.EncodeUsers(batch, out);
    return out;
  }
  std::vector<float> Items(const TwoTower& model, std::int64_t first, std::int64_t count) {
    std::vector<float> out(static_cast<std::size_t>(count * model.vector_width()));
    model.EncodeItems(first, count, out);
    return out;
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

double Norm(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum);
}

void ExpectRefused(Code code, const std::function<void()>& call) {
  try {
    call();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
  }
}

TEST_F(TwoTowerTest, CosineVectorsHaveUnitLength) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.user_hidden = {8};
  const TwoTower model(spec, PlainItems(), *backend_, 1);
  EXPECT_EQ(model.vector_width(), 4);
  const std::vector<float> items = Items(model, 0, kTinyItems);
  const std::vector<float> users = Users(model, PlainBatch().queries);
  for (std::size_t r = 0; r < kTinyItems; ++r) EXPECT_NEAR(Norm(std::span(items).subspan(r * 4, 4)), 1, 1e-6);
  for (std::size_t r = 0; r < 2; ++r) EXPECT_NEAR(Norm(std::span(users).subspan(r * 4, 4)), 1, 1e-6);
}

TEST_F(TwoTowerTest, AShopperWithoutHistoryGetsAFiniteVector) {
  const TwoTower model(PlainSpec(), PlainItems(), *backend_, 1);
  const std::vector<float> users = Users(model, PlainBatch().queries);
  for (std::size_t d = 8; d < 12; ++d) EXPECT_EQ(users[d], 0);
}

TEST_F(TwoTowerTest, ThePriorIsOneMoreCoordinateInUnitsOfSimilarity) {
  TwoTowerSpec spec = FullSpec();
  spec.settings.prior.learned = false;
  const TwoTower model(spec, FullItems(), *backend_, 1);
  ASSERT_EQ(model.vector_width(), 5);
  const std::vector<float> items = Items(model, 0, kTinyItems);
  const std::vector<float> users = Users(model, FullBatch().queries);
  for (std::size_t i = 0; i < kTinyItems; ++i) {
    EXPECT_NEAR(items[i * 5 + 4], 0.3 * 0.5 * std::log(static_cast<double>(i + 1)), 1e-6);
    EXPECT_NEAR(Norm(std::span(items).subspan(i * 5, 4)), 1, 1e-6);
  }
  for (std::size_t r = 0; r < 3; ++r) EXPECT_EQ(users[r * 5 + 4], 1);
}

TEST_F(TwoTowerTest, FurtherWindowsOfDemandStartWithoutWeight) {
  TwoTowerSpec spec = FullSpec();
  spec.settings.prior.kind = PriorKind::kRecentDemand;
  ASSERT_EQ(DemandWidth(spec.settings.prior), 1);
  const TwoTower one(spec, FullItems(), *backend_, 1);
  spec.settings.prior.further_windows_days = {90};
  ASSERT_EQ(DemandWidth(spec.settings.prior), 2);
  ItemInputs items = FullItems();
  items.log_demand.clear();
  for (const float demand : FullItems().log_demand) items.log_demand.insert(items.log_demand.end(), {demand, 9});
  const TwoTower two(spec, items, *backend_, 1);
  EXPECT_EQ(Items(two, 0, kTinyItems), Items(one, 0, kTinyItems));
  EXPECT_EQ(Items(two, 3, 2), Items(one, 3, 2));
}

TEST_F(TwoTowerTest, DemandMovesOnWithoutTraining) {
  TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  const std::vector<float> before = Items(model, 0, kTinyItems);
  std::vector<float> demand = FullItems().log_demand;
  for (float& value : demand) value *= 2;
  model.ReplaceDemand(demand);
  const std::vector<float> after = Items(model, 0, kTinyItems);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_FLOAT_EQ(after[i], i % 5 == 4 ? 2 * before[i] : before[i]);
  ExpectRefused(Code::kInvalidArgument, [&] { model.ReplaceDemand({}); });
}

TEST_F(TwoTowerTest, AnySliceOfItemsIsThatOfAllItems) {
  const TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  const std::vector<float> all = Items(model, 0, kTinyItems);
  const std::vector<float> slice = Items(model, 2, 3);
  EXPECT_TRUE(std::equal(slice.begin(), slice.end(), all.begin() + 2 * 5));
  ExpectRefused(Code::kInvalidArgument, [&] { Items(model, 5, 3); });
}

TEST_F(TwoTowerTest, ABatchOfShoppersIsTheShoppersOneByOne) {
  const TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  const base::QueryBatch batch = FullBatch().queries;
  const std::vector<float> together = Users(model, batch);
  base::QueryBatch second;
  second.pools = {MakeBags({{3, 3}}, {{.6F, .4F}}), MakeBags({{3, 3}}, {{.1F, .9F}})};
  second.context.rows = 1;
  second.context.dense_width = 1;
  second.context.categorical = {MakeBags({{3}}, {{1}})};
  second.context.dense = {-.2F};
  const std::vector<float> alone = Users(model, second);
  for (std::size_t d = 0; d < 5; ++d) EXPECT_NEAR(alone[d], together[5 + d], 1e-6);
}

TEST_F(TwoTowerTest, NewItemsAreEncodedFromTheirFeatures) {
  TwoTowerSpec spec = FullSpec();
  spec.settings.initial_deviation = 0;  // all embeddings are zero, so known and new items differ in nothing
  const TwoTower zero(spec, FullItems(), *backend_, 1);
  std::vector<float> vectors(kTinyItems * 5);
  zero.EncodeNewItems(FullItems(), vectors);
  EXPECT_EQ(vectors, Items(zero, 0, kTinyItems));

  const TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  ItemInputs twins = FullItems();
  twins.features.categorical[1] = twins.features.categorical[0];
  std::fill(twins.features.dense.begin(), twins.features.dense.end(), 1.0F);
  twins.log_demand.clear();
  model.EncodeNewItems(twins, vectors);
  EXPECT_TRUE(std::equal(vectors.begin(), vectors.begin() + 5, vectors.begin() + 3 * 5))
      << "same features, same vector";
  EXPECT_FALSE(std::equal(vectors.begin(), vectors.begin() + 5, vectors.begin() + 5));
  EXPECT_EQ(vectors[4], 0) << "no demand yet";
}

TEST_F(TwoTowerTest, OneSeedOneModel) {
  const TwoTower a(FullSpec(), FullItems(), *backend_, 7);
  const TwoTower b(FullSpec(), FullItems(), *backend_, 7);
  const TwoTower c(FullSpec(), FullItems(), *backend_, 8);
  EXPECT_EQ(Items(a, 0, kTinyItems), Items(b, 0, kTinyItems));
  EXPECT_NE(Items(a, 0, kTinyItems), Items(c, 0, kTinyItems));
}

TEST_F(TwoTowerTest, RefusesQueriesThatDoNotFit) {
  const TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  base::QueryBatch batch = FullBatch().queries;
  batch.pools[1].ids[0] = kTinyItems;
  ExpectRefused(Code::kInvalidArgument, [&] { Users(model, batch); });
  batch = FullBatch().queries;
  batch.pools.pop_back();
  ExpectRefused(Code::kInvalidArgument, [&] { Users(model, batch); });
  batch = FullBatch().queries;
  batch.context.categorical[0].ids[0] = 4;
  ExpectRefused(Code::kInvalidArgument, [&] { Users(model, batch); });
  batch = FullBatch().queries;
  batch.context.dense.pop_back();
  ExpectRefused(Code::kInvalidArgument, [&] { Users(model, batch); });
}

TEST_F(TwoTowerTest, RefusesItemsThatDoNotFitTheSpec) {
  ItemInputs items = FullItems();
  items.log_demand.pop_back();
  ExpectRefused(Code::kInvalidArgument, [&] { TwoTower(FullSpec(), items, *backend_, 1); });
  items = FullItems();
  items.features.categorical[0].ids[2] = 3;
  ExpectRefused(Code::kInvalidArgument, [&] { TwoTower(FullSpec(), items, *backend_, 1); });
}

TEST_F(TwoTowerTest, ManyThreadsMayEncodeAtOnce) {
  const TwoTower model(FullSpec(), FullItems(), *backend_, 1);
  const base::QueryBatch batch = FullBatch().queries;
  const std::vector<float> expected = Users(model, batch);
  std::vector<std::vector<float>> results(4);
  std::vector<std::jthread> threads;
  for (std::vector<float>& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) result = Users(model, batch);
    });
  }
  threads.clear();
  for (const std::vector<float>& result : results) EXPECT_EQ(result, expected);
}

}  // namespace
}  // namespace shortlist::model
