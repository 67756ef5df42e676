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
    folder = std::filesystem::path(::testing::TempDir()) / ("shortlist_online_retail_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    report = Prepare(OnlineRetail(source), folder, folder / "dataset");
    dataset = std::make_unique<Dataset>(Dataset::Open(folder / "dataset"));
  }
  static void TearDownTestSuite() {
    dataset.reset();
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  void SetUp() override {
    if (dataset == nullptr) GTEST_SKIP() << "no real data: " << SHORTLIST_DATA_DIR << "/online_retail_ii is missing";
  }

  static inline std::filesystem::path folder;
  static inline PrepareReport report;
  static inline std::unique_ptr<Dataset> dataset;
};

TEST_F(OnlineRetailTest, DropsExactlyThePublishedRowsByRule) {
  EXPECT_EQ(report.read, 1'067'370);
  EXPECT_EQ(report.quarantined, 0);
  const std::vector<std::pair<std::string, std::int64_t>> expected = {{"no_customer", 1'067'370 - 824'363},
                                                                      {"cancelled", 824'363 - 805'619},
                                                                      {"not_a_product", 805'619 - 802'693},
                                                                      {"quantity_not_positive", 0},
                                                                      {"price_not_positive", 802'693 - 802'632},
                                                                      {"duplicate_user_item_day", 802'632 - 759'501},
                                                                      {"k_core", 759'501 - 757'977}};
  EXPECT_EQ(report.filtered, expected);
  EXPECT_EQ(report.kept, 757'977);
}

TEST_F(OnlineRetailTest, KeepsThePublishedUsersItemsAndParts) {
  EXPECT_EQ(report.users, 5'583);
  EXPECT_EQ(report.items, 4'223);
  EXPECT_EQ(report.train_events, 612'978);
  EXPECT_EQ(report.validation_events, 41'692);
  EXPECT_EQ(report.test_events, 103'307);
  EXPECT_EQ(dataset->users(), report.users);
  EXPECT_EQ(dataset->part(Part::kTrain).events(), report.train_events);
}

std::set<std::int32_t> ItemsOf(const Interactions& part, std::int64_t user) {
  const auto first = static_cast<std::size_t>(part.offsets[static_cast<std::size_t>(user)]);
  const auto last = static_cast<std::size_t>(part.offsets[static_cast<std::size_t>(user) + 1]);
  return {part.items.begin() + static_cast<std::ptrdiff_t>(first),
          part.items.begin() + static_cast<std::ptrdiff_t>(last)};
}

TEST_F(OnlineRetailTest, HasThePublishedTargets) {
  const Interactions& train = dataset->part(Part::kTrain);
  const Interactions& validation = dataset->part(Part::kValidation);
  const Interactions& test = dataset->part(Part::kTest);
  std::set<std::int32_t> seen(train.items.begin(), train.items.end());
  seen.insert(validation.items.begin(), validation.items.end());
  std::int64_t shoppers = 0;
  std::int64_t targets = 0;
  std::int64_t discoverers = 0;
  std::int64_t discoveries = 0;
  std::int64_t never_seen = 0;
  for (std::int64_t user = 0; user < dataset->users(); ++user) {
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
  EXPECT_TRUE(dataset->has_times());
  EXPECT_EQ(dataset->PartStart(Part::kTrain), 1259653500);
  EXPECT_EQ(dataset->PartStart(Part::kValidation), 1316217600);
  EXPECT_EQ(dataset->PartStart(Part::kTest), 1318636800);
  for (const Part part : {Part::kTrain, Part::kValidation, Part::kTest}) {
    const Interactions& events = dataset->part(part);
    for (std::size_t user = 0; user + 1 < events.offsets.size(); ++user) {
      const auto first = events.times.begin() + events.offsets[user];
      const auto last = events.times.begin() + events.offsets[user + 1];
      ASSERT_TRUE(std::is_sorted(first, last)) << dataset->UserId(static_cast<std::int64_t>(user));
      ASSERT_TRUE(first == last || *first >= dataset->PartStart(part));
    }
  }
}

TEST_F(OnlineRetailTest, EveryItemHasATitleAndFeatures) {
  const base::EncodedFeatures& features = dataset->item_features();
  EXPECT_EQ(features.rows, dataset->items());
  ASSERT_EQ(features.categorical.size(), 2U);
  const auto item = dataset->FindItem("85123A");
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(dataset->Title(*item), "CREAM HANGING HEART T-LIGHT HOLDER");
  for (std::int64_t i = 0; i < dataset->items(); ++i) EXPECT_NE(dataset->Title(i), "") << dataset->ItemId(i);
}

TEST_F(OnlineRetailTest, ABoundedMemoryGivesTheSameDataset) {
  Settings settings = OnlineRetail(RealData("online_retail_ii"));
  settings.data.memory_mib = 16;
  Prepare(settings, folder, folder / "bounded");
  EXPECT_EQ(Dataset::Open(folder / "bounded").digest(), dataset->digest());
}

}  // namespace
}  // namespace shortlist::data
