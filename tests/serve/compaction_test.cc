// Changes of the catalog as part of the next version: no answer changes by it, wherever it happens among changes.
#include "serve/compaction.h"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/condition_text.h"
#include "index/bundle_manifest.h"
#include "serve/catalog_log.h"
#include "serve/live_catalog.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

using Scores = std::map<std::string, float>;

Scores ScoresOf(const std::vector<ScoredEntry>& entries) {
  Scores scores;
  for (const ScoredEntry& entry : entries) scores.emplace(entry.id, entry.score);
  return scores;
}

class CompactionTest : public ::testing::Test {
 protected:
  CompactionTest() { std::filesystem::rename(WriteMadeBundle(retailer_, folder_.path()), Place(0)); }

  std::filesystem::path Place(int version) const { return folder_.path() / ("version-" + std::to_string(version)); }

  LiveCatalogSettings Settings() const {
    LiveCatalogSettings settings;
    settings.log = log_;
    return settings;
  }

  // Has the newest version merge what the log says into the next one.
  std::optional<index::IndexReport> CompactNow() {
    const auto report = Compact({Place(versions_), log_, Place(versions_ + 1), 1});
    if (report) ++versions_;
    return report;
  }

  std::shared_ptr<const ServingSnapshot> Newest() const { return ServingSnapshot::Load(Place(versions_)); }

  static CatalogItem Item(const std::string& id, int brand, double price) {
    return {id, "Title of " + id, {{"brand", "brand " + std::to_string(brand)}, {"price", price}}};
  }

  ScratchFolder folder_;
  MadeRetailer retailer_ = MadeRetailer::WithBrands();
  std::filesystem::path log_ = folder_.path() / "changes.log";
  int versions_ = 0;
};

RecommendRequest Asking(std::string_view user, SeenPolicy seen) {
  RecommendRequest request;
  request.user_id = user;
  request.k = 1000;
  request.seen = seen;
  request.time = kFirstTime + 100 * kDay;
  return request;
}

std::vector<RecommendRequest> Requests() {
  std::vector<RecommendRequest> requests;
  for (const char* user : {"user-3", "user-11", "a stranger"}) {
    for (const SeenPolicy seen : {SeenPolicy::kMask, SeenPolicy::kAllow}) requests.push_back(Asking(user, seen));
  }
  requests.push_back(Asking("user-7", SeenPolicy::kMask));
  requests.back().history = {{"new-1", 0}, {"item-5", 0}, {"new-4", 0}, {"item-17", 0}};
  requests.push_back(Asking("user-7", SeenPolicy::kAllow));
  requests.back().filter.condition = filter::ParseCondition("price < 30 and brand in ('brand 1', 'brand 2')");
  requests.push_back(Asking("user-7", SeenPolicy::kAllow));
  requests.back().filter.only_ids = {"new-0", "new-2", "item-3", "item-8", "item-21", "unknown"};
  return requests;
}

void ExpectSame(const std::vector<ScoredEntry>& expected, const std::vector<ScoredEntry>& found) {
  EXPECT_TRUE(std::ranges::is_sorted(found, std::ranges::greater(), &ScoredEntry::score));
  const Scores wanted = ScoresOf(expected);
  const Scores scores = ScoresOf(found);
  ASSERT_EQ(scores.size(), found.size());
  ASSERT_EQ(wanted.size(), scores.size());
  for (auto a = wanted.begin(), b = scores.begin(); a != wanted.end(); ++a, ++b) {
    EXPECT_EQ(a->first, b->first);
    EXPECT_NEAR(a->second, b->second, 1e-5) << a->first;
  }
  std::map<std::string, std::string> titles;
  for (const ScoredEntry& entry : expected) titles.emplace(entry.id, entry.title);
  for (const ScoredEntry& entry : found) EXPECT_EQ(entry.title, titles[std::string(entry.id)]);
}

std::vector<std::string> Names(const std::vector<ScoredEntry>& entries) {
  std::vector<std::string> names;
  for (const ScoredEntry& entry : entries) names.emplace_back(entry.id);
  return names;
}

void ExpectSameAnswers(const std::shared_ptr<const ServingSnapshot>& expected,
                       const std::shared_ptr<const ServingSnapshot>& found) {
  const RetrievalService old_service({}, {expected});
  const RetrievalService new_service({}, {found});
  for (const RecommendRequest& request : Requests()) {
    const Recommendation wanted = old_service.Recommend(request);
    const Recommendation answer = new_service.Recommend(request);
    ExpectSame(wanted.items, answer.items);
    EXPECT_EQ(wanted.history_events, answer.history_events);
    EXPECT_EQ(wanted.unknown_history_items, answer.unknown_history_items);
    if (wanted.personalized()) continue;
    EXPECT_EQ(Names(wanted.items), Names(answer.items));
  }
  for (const char* item : {"item-3", "item-30", "new-1", "new-5"}) {
    const auto similar = [&](const RetrievalService& service) {
      try {
        return service.SimilarItems({.id = item, .k = 100, .exclude_ids = {}}).entries;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::kNotFound);
        return std::vector<ScoredEntry>();
      }
    };
    // The answers keep alive what their entries view only inside of the call; the snapshots here outlive both.
    ExpectSame(similar(old_service), similar(new_service));
  }
  EXPECT_EQ(Names(old_service.SimilarUsers({.id = "user-2", .k = 5, .exclude_ids = {}}).entries),
            Names(new_service.SimilarUsers({.id = "user-2", .k = 5, .exclude_ids = {}}).entries));
}

// A few changes at random: items of the model and new ones come, change and go.
void ChangeSome(std::mt19937& random, LiveCatalog& catalog) {
  const auto below = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  for (int i = 0; i < 4; ++i) {
    const std::string id = below(2) == 0 ? "item-" + std::to_string(below(12) * 3) : "new-" + std::to_string(below(8));
    if (below(3) == 0) {
      catalog.Withdraw(std::vector<std::string>{id});
    } else {
      catalog.Upsert({{id,
                       "Title " + std::to_string(below(100)),
                       {{"brand", "brand " + std::to_string(below(5))}, {"price", static_cast<double>(below(60))}}}});
    }
  }
}

TEST_F(CompactionTest, ChangesNoAnswerWhereverItHappensAmongChanges) {
  std::mt19937 random(5);
  const auto original = Newest();
  int merged = 0;
  for (int round = 0; round < 16; ++round) {
    LiveCatalog catalog(Settings());  // opened anew, as after a restart
    catalog.Attach(original);
    ChangeSome(random, catalog);
    // What comes after a compaction is only in the log; what came before is in the bundle.
    if (random() % 2 == 0 && CompactNow()) ++merged;
    if (random() % 2 == 0) ChangeSome(random, catalog);
    const auto newest = Newest();
    catalog.Attach(newest);
    ASSERT_NO_FATAL_FAILURE(ExpectSameAnswers(original, newest)) << "round " << round;
    ChangeSome(random, catalog);  // which both follow
    ASSERT_NO_FATAL_FAILURE(ExpectSameAnswers(original, newest)) << "round " << round;
  }
  EXPECT_GT(merged, 4);
}

TEST_F(CompactionTest, TakesWithdrawnItemsOutOfTheIndexAndNewOnesIn) {
  {
    LiveCatalog catalog(Settings());
    catalog.Attach(Newest());
    catalog.Upsert({Item("new-0", 1, 5), Item("item-7", 2, 99)});
    catalog.Withdraw(std::vector<std::string>{"item-9", "item-12", "never there"});
  }
  const auto report = CompactNow();
  ASSERT_TRUE(report);
  const index::Bundle bundle = index::Bundle::Open(Place(1));
  EXPECT_EQ(bundle.items().size(), kItems + 1 - 2);
  EXPECT_EQ(bundle.item_count(), kItems + 1);
  EXPECT_LT(bundle.FindItem("new-0"), bundle.items().size());
  EXPECT_FALSE(bundle.IsLearned(bundle.FindItem("new-0")));
  EXPECT_GE(bundle.FindItem("item-9"), bundle.items().size());
  EXPECT_EQ(bundle.Title(bundle.FindItem("item-7")), "Title of item-7");
  EXPECT_EQ(bundle.AttributesJson(bundle.FindItem("item-7")), R"({"brand":"brand 2","price":99.0})");
  const index::BundleManifest manifest = index::ReadManifest(Place(1) / "manifest.json").manifest;
  ASSERT_THAT(manifest.catalog.merged, SizeIs(1));
  EXPECT_EQ(manifest.catalog.merged.front().changes, 5);
  EXPECT_EQ(manifest.catalog.base, index::ReadManifest(Place(0) / "manifest.json").manifest.version);
  // Nobody needs the changes any more, and they may differ in as many further ones.
  LiveCatalog catalog(Settings());
  const auto newest = Newest();
  catalog.Attach(newest);
  EXPECT_EQ(catalog.counts().changes, 0);
}

TEST_F(CompactionTest, MergesNothingTwice) {
  EXPECT_THROW(CompactNow(), Error) << "there is no log yet";
  {
    LiveCatalog catalog(Settings());
    catalog.Attach(Newest());
    catalog.Withdraw(std::vector<std::string>{"item-9"});
  }
  EXPECT_TRUE(CompactNow());
  EXPECT_FALSE(CompactNow());
  EXPECT_FALSE(std::filesystem::exists(Place(2)));
}

TEST_F(CompactionTest, ReplacesTheBundleItReads) {
  {
    LiveCatalog catalog(Settings());
    catalog.Attach(Newest());
    catalog.Upsert({Item("new-0", 1, 5)});
  }
  const auto entries = [&] { return std::distance(std::filesystem::directory_iterator(folder_.path()), {}); };
  const auto before = entries();
  ASSERT_TRUE(Compact({Place(0), log_, Place(0), 1}));
  EXPECT_NE(Newest()->bundle().FindItem("new-0"), -1);
  EXPECT_EQ(entries(), before) << "something is left over";
}

TEST_F(CompactionTest, AppliesAllChangesOfALogThatTheBundleDoesNotKnow) {
  {
    LiveCatalog catalog(Settings());
    catalog.Attach(Newest());
    catalog.Withdraw(std::vector<std::string>{"item-9"});
  }
  ASSERT_TRUE(CompactNow());
  LiveCatalogSettings settings;
  settings.log = folder_.path() / "other.log";
  LiveCatalog other(settings);
  const auto newest = Newest();
  other.Attach(newest);
  other.Upsert({Item("item-9", 1, 5)});
  EXPECT_EQ(other.counts().changes, 1);
  const RetrievalService service({}, {newest});
  EXPECT_THAT(Names(service.Recommend(Asking("user-3", SeenPolicy::kAllow)).items), Contains("item-9"));
}

}  // namespace
}  // namespace shortlist::serve
