#include "data/prepare.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/shop_fixture.h"
#include "features/stable_hash.h"
#include "features/value.h"

namespace shortlist::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Ids of the items of a user's events in one part.
std::vector<std::string> ItemsOf(const Dataset& dataset, const std::string& user, Part part) {
  const Interactions& events = dataset.part(part);
  const auto row = static_cast<std::size_t>(dataset.FindUser(user).value());
  std::vector<std::string> items;
  for (std::int64_t i = events.offsets[row]; i < events.offsets[row + 1]; ++i) {
    items.emplace_back(dataset.ItemId(events.items[static_cast<std::size_t>(i)]));
  }
  return items;
}

TEST_F(ShopTest, AccountsForEveryRow) {
  const PrepareReport report = PrepareShop();
  EXPECT_EQ(report.read, 10);
  EXPECT_EQ(report.quarantined, 1);
  EXPECT_THAT(report.filtered,
              ElementsAre(Pair("cancelled", 1), Pair("no_training_consent", 1), Pair("duplicate_event_id", 1)));
  EXPECT_EQ(report.kept, 6);
  EXPECT_EQ(report.train_events + report.validation_events + report.test_events, 6);
  EXPECT_THAT(folder_.Lines("out/quarantine.jsonl"),
              ElementsAre(AllOf(HasSubstr("events-1.csv"), HasSubstr("\"line\":7"), HasSubstr("'soon'"))));
}

TEST_F(ShopTest, SplitsByDateAndKeepsInputOrderAtEqualTimes) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_THAT(ItemsOf(dataset, "ada", Part::kTrain), ElementsAre("lamp", "cup", "cup"));
  EXPECT_THAT(ItemsOf(dataset, "ada", Part::kTest), ElementsAre("rug"));
  EXPECT_THAT(ItemsOf(dataset, "bob", Part::kValidation), ElementsAre("lamp"));
  const Interactions& train = dataset.part(Part::kTrain);
  EXPECT_THAT(train.quantities, ElementsAre(1, 2, 1, 1)) << "the event of the earlier file comes first";
  EXPECT_THAT(dataset.tie_rule(), HasSubstr("order of the input"));
}

TEST_F(ShopTest, DaysOfTheSplitEndWithTheNewestEvent) {
  settings_.data.split = {};
  settings_.data.split.rule = SplitRule::kTime;
  settings_.data.split.validation_days = 4;
  settings_.data.split.test_days = 1;
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_THAT(ItemsOf(dataset, "ada", Part::kTest), ElementsAre("rug"));
  EXPECT_THAT(ItemsOf(dataset, "bob", Part::kValidation), ElementsAre("lamp"));
  EXPECT_EQ(dataset.PartStart(Part::kTest), features::ParseTime("2024-01-08T10:00:01Z"));
}

TEST_F(ShopTest, FeaturesMeanWhatTheyMeantInAnEarlierDataset) {
  PrepareShop();
  const FittedGraphs fitted = {OpenShop().item_graph().ToJson(), OpenShop().context_graph().ToJson()};
  const base::EncodedFeatures before = OpenShop().item_features();
  folder_.Write("events-0.csv",
                "id,user,item,at,kind,units,price,device\n"
                "f1,ada,vase,2024-01-01T09:00:00Z,buy,1,5,watch\n"
                "f2,ada,vase,2024-01-01T09:00:00Z,buy,1,5,watch\n");
  Prepare(settings_, folder_.path(), Directory(), fitted);
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.item_graph().ToJson(), fitted.items);
  EXPECT_EQ(dataset.context_graph().ToJson(), fitted.context);
  EXPECT_EQ(dataset.item_features().rows, before.rows + 1);
}

TEST_F(ShopTest, WithoutConsentNothingOfAShopperIsKept) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.users(), 2);
  EXPECT_EQ(dataset.FindUser("cy"), std::nullopt);
  EXPECT_EQ(dataset.Json().find("cy\""), std::string::npos);
}

TEST_F(ShopTest, NumbersByFirstAppearance) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.UserId(0), "ada");
  EXPECT_EQ(dataset.UserId(1), "bob");
  EXPECT_EQ(dataset.ItemId(0), "lamp");
  EXPECT_EQ(dataset.ItemId(1), "cup");
  EXPECT_EQ(dataset.ItemId(2), "rug");
}

TEST_F(ShopTest, FitsContextOnTrainingEventsAlone) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  EXPECT_EQ(dataset.context_graph().categorical()[0].cardinality, 3) << "unknown, phone, desktop";
  const Interactions& test = dataset.part(Part::kTest);
  ASSERT_EQ(test.context.size(), 2U);
  EXPECT_THAT(test.context[0], ElementsAre(0)) << "a tablet was never seen in training";
  EXPECT_THAT(test.context[1], ElementsAre(11));
}

TEST_F(ShopTest, GivesEveryItemARowOfFeatures) {
  PrepareShop();
  const Dataset dataset = OpenShop();
  const base::EncodedFeatures& features = dataset.item_features();
  EXPECT_EQ(features.rows, 3);
  EXPECT_THAT(features.categorical[0].offsets, ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(features.dense, ElementsAre(testing::Lt(0), 0, testing::Gt(0)));
}

TEST_F(ShopTest, AnyMemoryGivesTheSameDataset) {
  PrepareShop();
  const std::string digest = OpenShop().digest();
  settings_.data.memory_mib = 0;
  PrepareShop();
  EXPECT_EQ(OpenShop().digest(), digest);
}

TEST_F(ShopTest, DropsSmallUsersAndItemsLast) {
  settings_.data.item_core = 2;
  const PrepareReport report = PrepareShop();
  EXPECT_THAT(report.filtered.back(), Pair("k_core", 1));
  EXPECT_EQ(report.items, 2);
}

TEST_F(ShopTest, DropsRepeatedPairs) {
  settings_.data.events.deduplicate = Deduplication::kUserItem;
  EXPECT_THAT(PrepareShop().filtered.back(), Pair("duplicate_user_item", 1));
  EXPECT_THAT(ItemsOf(OpenShop(), "ada", Part::kTrain), ElementsAre("lamp", "cup"));
}

TEST_F(ShopTest, WithoutTimesTheOrderIsThatOfTheInput) {
  settings_.data.events.columns.time.clear();
  settings_.features.context.pop_back();
  settings_.data.split = {};
  EXPECT_EQ(PrepareShop().quarantined, 0);
  const Dataset dataset = OpenShop();
  EXPECT_FALSE(dataset.has_times());
  EXPECT_THAT(ItemsOf(dataset, "ada", Part::kTrain), ElementsAre("lamp", "cup", "cup"));
  EXPECT_THAT(ItemsOf(dataset, "ada", Part::kValidation), ElementsAre("rug"));
  EXPECT_THAT(dataset.part(Part::kTest).times, ElementsAre(4));
}

TEST_F(ShopTest, TooManyMalformedRowsFailAndLeaveTheOldDatasetAndTheQuarantine) {
  PrepareShop();
  const std::string digest = OpenShop().digest();
  settings_.data.max_bad_fraction = 0.09;
  const Error error = ErrorOf([&] { PrepareShop(); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("1 of 10"), HasSubstr("quarantine.jsonl")));
  EXPECT_EQ(OpenShop().digest(), digest);
  EXPECT_EQ(folder_.Lines("out/quarantine.jsonl").size(), 1U);
}

TEST_F(ShopTest, FailuresLeaveNothingBehind) {
  settings_.data.max_bad_fraction = 0;
  ErrorOf([&] { PrepareShop(); });
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "out")) {
    left.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(left, ElementsAre("quarantine.jsonl"));
}

TEST_F(ShopTest, RefusesSettingsThatDoNotFitBeforeAnyWork) {
  const auto refusal = [&](auto change) {
    Settings changed = settings_;
    change(changed);
    const Error error = ErrorOf([&] { Prepare(changed, folder_.path(), Directory()); });
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return std::string(error.what());
  };
  EXPECT_THAT(refusal([](Settings& s) { s.data.events.paths.clear(); }), HasSubstr("data.events.paths"));
  EXPECT_THAT(refusal([](Settings& s) { s.data.events.columns.user = ""; }), HasSubstr("data.events.columns"));
  EXPECT_THAT(refusal([](Settings& s) { s.data.events.columns.item = "itme"; }), HasSubstr("'itme'"));
  EXPECT_THAT(refusal([](Settings& s) { s.data.catalog.title = "name"; }), HasSubstr("'name'"));
  EXPECT_THAT(refusal([](Settings& s) { s.features.item[0].column = "color"; }), HasSubstr("'color'"));
  EXPECT_THAT(refusal([](Settings& s) { s.features.item[1].name = "tags"; }), HasSubstr("tags"));
  EXPECT_THAT(refusal([](Settings& s) { s.data.split.test_start = ""; }), HasSubstr("test_start"));
  EXPECT_THAT(refusal([](Settings& s) { s.data.user_core = 100; }), HasSubstr("no event is left"));
  EXPECT_FALSE(std::filesystem::exists(Directory()));
}

// Peak of the process's own memory (without files that are mapped) while `work` runs, above what it was before.
template <class Work>
std::int64_t PeakMemory(Work work) {
  const auto now = [] {
    std::ifstream stream("/proc/self/statm");
    std::int64_t pages = 0;
    std::int64_t resident = 0;
    std::int64_t shared = 0;
    stream >> pages >> resident >> shared;
    return (resident - shared) * sysconf(_SC_PAGESIZE);
  };
  const std::int64_t before = now();
  std::atomic<bool> done = false;
  std::int64_t peak = before;
  std::thread watcher([&] {
    while (!done) {
      peak = std::max(peak, now());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  work();
  done = true;
  watcher.join();
  return peak - before;
}

TEST(PrepareMemoryTest, StaysBoundedWhileEventsExceedIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep freed memory";
#endif
  const TemporaryFolder folder;
  constexpr std::uint64_t kEvents = 6'000'000;
  {
    std::ofstream stream(folder.path() / "events.csv");
    stream << "user,item,time\n";
    for (std::uint64_t i = 0; i < kEvents; ++i) {
      const std::uint64_t draw = features::Mix64(i);
      stream << "u" << draw % 1000 << ",i" << draw / 1000 % 500 << ',' << draw / 1'000'000 % 100'000'000 << '\n';
    }
  }
  Settings settings;
  settings.data.events.paths = {"events.csv"};
  settings.data.events.columns.time = "time";
  settings.data.memory_mib = 16;
  const std::int64_t peak = PeakMemory([&] { Prepare(settings, folder.path(), folder.path() / "dataset"); });
  const std::int64_t in_memory = kEvents * (sizeof(std::int64_t) * 8);
  EXPECT_LT(peak, 128 << 20) << "16 MiB for sorting; the rest is what Arrow reads ahead and its allocator keeps";
  EXPECT_GT(in_memory, 360 << 20) << "the events do not fit";
  EXPECT_EQ(Dataset::Open(folder.path() / "dataset").part(Part::kTrain).events(), kEvents - 2 * 1000);
}

TEST(AmazonBeautyTest, HasThePublishedCounts) {
  const auto source = RealData("amazon_beauty");
  if (source.empty()) GTEST_SKIP() << "no real data: " << SHORTLIST_DATA_DIR << "/amazon_beauty is missing";
  const TemporaryFolder folder;
  Settings settings;
  settings.data.events.paths = {(source / "sequences.txt.zst").string()};
  settings.data.events.format = SourceFormat::kSequences;
  settings.data.catalog.paths = {(source / "item2attributes.json").string()};
  settings.data.catalog.attributes = {"category"};
  settings.features.item = {{.name = "", .column = "category", .transform = TransformKind::kVocabulary}};
  const PrepareReport report = Prepare(settings, folder.path(), folder.path() / "dataset");
  EXPECT_EQ(report.kept, 198'502);
  EXPECT_EQ(report.users, 22'363);
  EXPECT_EQ(report.items, 12'101);
  EXPECT_EQ(report.validation_events, 22'363);
  EXPECT_EQ(report.test_events, 22'363);
  const Dataset dataset = Dataset::Open(folder.path() / "dataset");
  EXPECT_EQ(dataset.item_graph().categorical()[0].cardinality, 637 + 1);
  EXPECT_EQ(dataset.item_features().categorical[0].ids.size(), 45'037U) << "3.72 attributes per item";
  EXPECT_THAT(ItemsOf(dataset, "2", Part::kTrain), ElementsAre("6", "7", "8", "9", "10"));
  EXPECT_THAT(ItemsOf(dataset, "2", Part::kTest), ElementsAre("11"));
}

TEST(GowallaTest, HasThePublishedCounts) {
  const auto source = RealData("gowalla_lightgcn");
  if (source.empty()) GTEST_SKIP() << "no real data: " << SHORTLIST_DATA_DIR << "/gowalla_lightgcn is missing";
  const TemporaryFolder folder;
  Settings settings;
  settings.data.events.paths = {(source / "train.txt.zst").string()};
  settings.data.events.format = SourceFormat::kSequences;
  settings.data.split = {SplitRule::kFiles, "", "", {(source / "test.txt.zst").string()}, 0.1};
  const PrepareReport report = Prepare(settings, folder.path(), folder.path() / "dataset");
  EXPECT_EQ(report.users, 29'858);
  EXPECT_EQ(report.items, 40'981);
  EXPECT_EQ(report.train_events + report.validation_events, 810'128);
  EXPECT_EQ(report.test_events, 217'242);
  EXPECT_NEAR(static_cast<double>(report.validation_events), 0.1 * 810'128, 0.05 * 810'128);
}

}  // namespace
}  // namespace shortlist::data
