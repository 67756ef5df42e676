#include "train/query_source.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "features/history_encoder.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

using data::Part;

class QuerySourceTest : public testing::Test {
 protected:
  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
};

TEST_F(QuerySourceTest, TheSpecIsThatOfTheDataset) {
  const model::TwoTowerSpec spec = MakeSpec(settings_.model, dataset_);
  EXPECT_EQ(spec.items, 40);
  ASSERT_EQ(spec.item_features.size(), 1U);
  EXPECT_EQ(spec.item_features[0].name, "category");
  EXPECT_EQ(spec.item_features[0].cardinality, 8) << "seven and the unknown";
  ASSERT_EQ(spec.context_features.size(), 1U);
  EXPECT_EQ(spec.context_features[0].name, "device");
}

TEST_F(QuerySourceTest, HistoriesGrowFromPartToPart) {
  const std::int64_t user = *dataset_.FindUser("u5");
  EXPECT_TRUE(HistoryBefore(dataset_, Part::kTrain, user).items.empty());
  const ShopperHistory validation = HistoryBefore(dataset_, Part::kValidation, user);
  const ShopperHistory test = HistoryBefore(dataset_, Part::kTest, user);
  EXPECT_EQ(validation.items.size(), 10U);
  ASSERT_EQ(test.items.size(), 11U);
  EXPECT_TRUE(std::ranges::is_sorted(test.times));
  const data::Interactions& part = dataset_.part(Part::kValidation);
  EXPECT_EQ(test.items.back(), part.items[static_cast<std::size_t>(part.offsets[static_cast<std::size_t>(user)])]);
}

TEST_F(QuerySourceTest, DemandKnowsWhatWasBeforeThePart) {
  EXPECT_TRUE(MakeItemInputs(settings_.model, dataset_, Part::kTest).log_demand.empty());
  const auto events = [&](Part until) {
    double sum = 0;
    for (const float log_demand : MakeItemInputs(settings_.model, dataset_, until).log_demand) {
      sum += std::exp(log_demand) - 1;
    }
    return std::lround(sum);
  };
  settings_.model.prior.kind = PriorKind::kPopularity;
  EXPECT_EQ(events(Part::kValidation), 800);
  EXPECT_EQ(events(Part::kTest), 880);
  // Shoppers act hour by hour in turn, so the last day before validation starts holds 24 events.
  settings_.model.prior.kind = PriorKind::kRecentDemand;
  settings_.model.prior.window_days = 1;
  EXPECT_EQ(events(Part::kValidation), 24);
}

TEST_F(QuerySourceTest, EncodesShoppersAsTheyAskInThePart) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const model::TwoTower model(MakeSpec(settings_.model, dataset_),
                              MakeItemInputs(settings_.model, dataset_, Part::kTest), *backend, 1);
  const std::vector<std::int64_t> users = {7, 3};
  const std::vector<float> vectors = EncodeShoppers(model, dataset_, Part::kTest, users);

  base::QueryBatch batch;
  const data::Interactions& part = dataset_.part(Part::kTest);
  const ShopperHistory history = HistoryBefore(dataset_, Part::kTest, 3);
  const auto event = static_cast<std::size_t>(part.offsets[3]);
  features::HistoryEncoder(settings_.model.history).Append({history.items, history.times}, part.times[event], batch);
  batch.context.rows = 1;
  batch.context.categorical.resize(1);
  batch.context.categorical[0].Append(part.context.at(0)[event], 1);
  batch.context.categorical[0].EndRow();
  std::vector<float> expected(8);
  model.EncodeUsers(batch, expected);
  for (std::size_t d = 0; d < 8; ++d) EXPECT_NEAR(vectors[8 + d], expected[d], 1e-6);
}

}  // namespace
}  // namespace shortlist::train
