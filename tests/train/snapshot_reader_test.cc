#include "train/snapshot_reader.h"

#include <set>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "train/present.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kDay = 86400;

class SnapshotReaderTest : public testing::Test {
 protected:
  static Settings MakeSettings() {
    Settings settings = SmallSettings();
    settings.model.prior = {.kind = PriorKind::kRecentDemand, .window_days = 5, .weight = 0.5};
    return settings;
  }

  ScratchDirectory directory_;
  Settings settings_ = MakeSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  model::TwoTower towers_{MakeSpec(settings_.model, dataset_),
                          MakeItemInputs(settings_.model, dataset_, data::Part::kValidation), *backend_, 3};
  EventLog log_ = MakeEventLog({&dataset_.part(data::Part::kTrain)});
  SnapshotReader reader_{settings_, dataset_, log_, towers_, *backend_};
  std::int64_t time_ = PresentTime(log_) - 10 * kDay;
};

TEST_F(SnapshotReaderTest, ShoppersHaveAPastAndComeBack) {
  const std::vector<SnapshotShopper> shoppers = reader_.ShoppersAt(time_, 5, 1000);
  ASSERT_FALSE(shoppers.empty());
  for (const SnapshotShopper& shopper : shoppers) {
    EXPECT_LT(shopper.History(log_).times.back(), time_);
    const std::int64_t first = log_.times[static_cast<std::size_t>(shopper.now)];
    const std::int64_t last = log_.times[static_cast<std::size_t>(shopper.end - 1)];
    EXPECT_GE(first, time_);
    EXPECT_LT(last, time_ + 5 * kDay);
    EXPECT_EQ(shopper.Taken(log_).size(), static_cast<std::size_t>(shopper.end - shopper.now));
  }
  EXPECT_EQ(reader_.ShoppersAt(time_, 5, 7).size(), 7U);
}

TEST_F(SnapshotReaderTest, ScoresAreThoseOfTheVectorsAtTheTime) {
  reader_.MoveTo(time_);
  const DemandCounter demand(log_.items, log_.times, dataset_.items());
  EXPECT_EQ(std::vector<float>(reader_.prior_inputs().begin(), reader_.prior_inputs().end()),
            PriorInputs(settings_.model.prior, demand, time_));
  const std::vector<SnapshotShopper> shoppers = reader_.ShoppersAt(time_, 5, 1000);
  const auto items = static_cast<std::size_t>(dataset_.items());
  const auto width = static_cast<std::size_t>(towers_.vector_width());
  std::size_t seen = 0;
  reader_.ForEachPart(shoppers, [&](auto part, auto vectors, auto scores) {
    seen += part.size();
    ASSERT_EQ(scores.size(), part.size() * items);
    for (std::size_t item = 0; item < items; ++item) {
      float score = 0;
      for (std::size_t d = 0; d < width; ++d) score += vectors[d] * reader_.item_vectors()[item * width + d];
      EXPECT_NEAR(scores[item], score, 1e-5);
    }
  });
  EXPECT_EQ(seen, shoppers.size());
}

TEST(DistinctItems, RiseAndAreThereOnce) {
  const std::vector<std::int32_t> items = {5, 1, 5, 3};
  EXPECT_EQ(DistinctItems(items), (std::vector<std::int32_t>{1, 3, 5}));
}

}  // namespace
}  // namespace shortlist::train
