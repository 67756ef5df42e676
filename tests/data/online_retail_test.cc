// The full Online Retail II against its published counts.
#include <set>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

// Prepared once for all tests of this file.
class OnlineRetailTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path source = RealData("online_retail_ii");
    if (source.empty()) return;
    // Tests run as processes of their own, several at once.
    folder_ = std::filesystem::path(::testing::TempDir()) / ("shortlist_online_retail_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    report_ = Prepare(OnlineRetail(source), folder_, folder_ / "dataset");
    dataset_ = std::make_unique<Dataset>(Dataset::Open(folder_ / "dataset"));
  }
  static void TearDownTestSuite() {
    dataset_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  void SetUp() override {
    if (dataset_ == nullptr) GTEST_SKIP() << "no real data: " << SHORTLIST_DATA_DIR << "/online_retail_ii is missing";
  }

  static inline std::filesystem::path folder_;
  static inline PrepareReport report_;
  static inline std::unique_ptr<Dataset> dataset_;
};

TEST_F(OnlineRetailTest, DropsExactlyThePublishedRowsByRule) {
  EXPECT_EQ(report_.read, 1'067'370);
  EXPECT_EQ(report_.quarantined, 0);
  const std::vector<std::pair<std::string, std::int64_t>> expected = {{"no_customer", 1'067'370 - 824'363},
                                                                      {"cancelled", 824'363 - 805'619},
                                                                      {"not_a_product", 805'619 - 802'693},
                                                                      {"quantity_not_positive", 0},
                                                                      {"price_not_positive", 802'693 - 802'632},
                                                                      {"duplicate_user_item_day", 802'632 - 759'501},
                                                                      {"k_core", 759'501 - 757'977}};
  EXPECT_EQ(report_.filtered, expected);
  EXPECT_EQ(report_.kept, 757'977);
}

TEST_F(OnlineRetailTest, KeepsThePublishedUsersItemsAndParts) {
  EXPECT_EQ(report_.users, 5'583);
  EXPECT_EQ(report_.items, 4'223);
  EXPECT_EQ(report_.train_events, 612'978);
  EXPECT_EQ(report_.validation_events, 41'692);
  EXPECT_EQ(report_.test_events, 103'307);
  EXPECT_EQ(dataset_->users(), report_.users);
  EXPECT_EQ(dataset_->part(Part::kTrain).events(), report_.train_events);
}

std::set<std::int32_t> ItemsOf(const Interactions& part, std::int64_t user) {
  const auto first = static_cast<std::size_t>(part.offsets[static_cast<std::size_t>(user)]);
  const auto last = static_cast<std::size_t>(part.offsets[static_cast<std::size_t>(user) + 1]);
  return {part.items.begin() + static_cast<std::ptrdiff_t>(first),
          part.items.begin() + static_cast<std::ptrdiff_t>(last)};
}

TEST_F(OnlineRetailTest, HasThePublishedTargets) {
  const Interactions& train = dataset_->part(Part::kTrain);
  const Interactions& validation = dataset_->part(Part::kValidation);
  const Interactions& test = dataset_->part(Part::kTest);
  std::set<std::int32_t> seen(train.items.begin(), train.items.end());
  seen.insert(validation.items.begin(), validation.items.end());
  std::int64_t shoppers = 0;
  std::int64_t targets = 0;
  std::int64_t discoverers = 0;
  std::int64_t discoveries = 0;
  std::int64_t never_seen = 0;
  for (std::int64_t user = 0; user < dataset_->users(); ++user) {
    std::set<std::int32_t> history = ItemsOf(train, user);
    history.merge(ItemsOf(validation, user));
    const std::set<std::int32_t> bought = ItemsOf(test, user);
    if (history.empty() || bought.empty()) continue;
    ++shoppers;
    targets += static_cast<std::int64_t>(bought.size());
    std::int64_t discovered = 0;
    for (const std::int32_t item : bought) {
      discovered += history.contains(item) ? 0 : 1;
      never_seen += seen.contains(item) ? 0 : 1;
    }
    discoverers += discovered > 0 ? 1 : 0;
    discoveries += discovered;
  }
  EXPECT_EQ(shoppers, 1'936);
  EXPECT_EQ(targets, 75'671);
  EXPECT_EQ(discoverers, 1'827);
  EXPECT_EQ(discoveries, 45'489);
  EXPECT_EQ(never_seen, 3'206);
}

TEST_F(OnlineRetailTest, TimesRiseWithinAUserAndPartsFollowTheDates) {
  EXPECT_TRUE(dataset_->has_times());
  EXPECT_EQ(dataset_->PartStart(Part::kTrain), 1259653500);
  EXPECT_EQ(dataset_->PartStart(Part::kValidation), 1316217600);
  EXPECT_EQ(dataset_->PartStart(Part::kTest), 1318636800);
  for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
    const Interactions& events = dataset_->part(part);
    for (std::size_t user = 0; user + 1 < events.offsets.size(); ++user) {
      const auto first = events.times.begin() + events.offsets[user];
      const auto last = events.times.begin() + events.offsets[user + 1];
      ASSERT_TRUE(std::is_sorted(first, last)) << dataset_->UserId(static_cast<std::int64_t>(user));
      ASSERT_TRUE(first == last || *first >= dataset_->PartStart(part));
    }
  }
}

TEST_F(OnlineRetailTest, EveryItemHasATitleAndFeatures) {
  const base::EncodedFeatures& features = dataset_->item_features();
  EXPECT_EQ(features.rows, dataset_->items());
  ASSERT_EQ(features.categorical.size(), 2U);
  const auto item = dataset_->FindItem("85123A");
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(dataset_->Title(*item), "CREAM HANGING HEART T-LIGHT HOLDER");
  for (std::int64_t i = 0; i < dataset_->items(); ++i) EXPECT_NE(dataset_->Title(i), "") << dataset_->ItemId(i);
}

TEST_F(OnlineRetailTest, ABoundedMemoryGivesTheSameDataset) {
  Settings settings = OnlineRetail(RealData("online_retail_ii"));
  settings.data.memory_mib = 16;
  Prepare(settings, folder_, folder_ / "bounded");
  EXPECT_EQ(Dataset::Open(folder_ / "bounded").digest(), dataset_->digest());
}

}  // namespace
}  // namespace shortlist::data
