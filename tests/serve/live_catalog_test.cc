// Changes of the catalog, from the call to the answers of shoppers.
#include "serve/live_catalog.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/condition_text.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class LiveCatalogTest : public ::testing::Test {
 protected:
  LiveCatalogTest() { catalog_.Attach(snapshot_); }

  std::shared_ptr<const ServingSnapshot> Load(const MadeRetailer& retailer) const {
    const ScratchFolder folder;
    return ServingSnapshot::Load(WriteMadeBundle(retailer, folder.path()));
  }

  LiveCatalogSettings Settings() const {
    LiveCatalogSettings settings;
    settings.log = folder_.path() / "changes.log";
    settings.max_items = 6;
    settings.max_batch = 4;
    return settings;
  }

  static CatalogItem Item(const std::string& id, double price, const std::string& brand) {
    return {id, "New " + id, {{"price", price}, {"brand", brand}}};
  }

  static RecommendRequest All(std::string_view user) {
    RecommendRequest request;
    request.user_id = user;
    request.k = 1000;
    request.seen = SeenPolicy::kAllow;
    return request;
  }

  static std::vector<std::string> Names(const std::vector<ScoredEntry>& entries) {
    std::vector<std::string> names;
    for (const ScoredEntry& entry : entries) names.emplace_back(entry.id);
    return names;
  }

  std::vector<std::string> NamesFor(const RecommendRequest& request) const {
    return Names(retrieval_.Recommend(request).items);
  }

  Code CodeOf(const std::function<void()>& change) {
    try {
      change();
    } catch (const Error& error) {
      message_ = error.what();
      return error.code();
    }
    return Code::kUnknown;
  }

  ScratchFolder folder_;
  std::shared_ptr<const ServingSnapshot> snapshot_ = Load(MadeRetailer::WithBrands());
  RetrievalService retrieval_{{}, {snapshot_}};
  LiveCatalog catalog_{Settings()};
  std::string message_;
};

TEST_F(LiveCatalogTest, ANewItemIsFoundByItsFeatures) {
  catalog_.Upsert({Item("newcomer", 7.5, "brand 2")});
  const Recommendation answer = retrieval_.Recommend(All("user-4"));
  EXPECT_THAT(answer.items, SizeIs(kItems + 1));
  EXPECT_TRUE(std::ranges::is_sorted(answer.items, std::ranges::greater(), &ScoredEntry::score));
  const auto found = std::ranges::find(answer.items, "newcomer", &ScoredEntry::id);
  ASSERT_NE(found, answer.items.end());
  EXPECT_EQ(found->title, "New newcomer");
  EXPECT_EQ(found->reason, ItemReason::kNew);
  EXPECT_NE(found->score, 0);
  EXPECT_THAT(NamesFor(All("a stranger")), Contains("newcomer"));
}

TEST_F(LiveCatalogTest, NewItemsOfOneBrandAreAlike) {
  catalog_.Upsert({Item("one", 1, "brand 2"), Item("two", 900, "brand 2"), Item("other", 1, "brand 3")});
  const auto similar = retrieval_.SimilarItems({.id = "one", .k = 1, .exclude_ids = {}}).entries;
  EXPECT_THAT(Names(similar), ElementsAre("two"));
  EXPECT_THAT(Names(retrieval_.SimilarItems({.id = "item-3", .k = 100, .exclude_ids = {"two"}}).entries),
              ::testing::AllOf(Contains("one"), Contains("other"), Not(Contains("two")), SizeIs(kItems + 1)));
}

TEST_F(LiveCatalogTest, WithdrawnItemsAreGoneFromEveryAnswer) {
  catalog_.Upsert({Item("newcomer", 1, "brand 1")});
  const std::vector<std::string> gone = {"item-12", "item-49", "newcomer", "never there"};
  catalog_.Withdraw(gone);
  for (const char* user : {"user-4", "a stranger"}) {  // the first of whom had item 12
    EXPECT_THAT(NamesFor(All(user)), SizeIs(kItems - 2));
    for (const std::string& id : gone) EXPECT_THAT(NamesFor(All(user)), Not(Contains(id)));
  }
  EXPECT_THROW(retrieval_.SimilarItems({.id = "item-12", .k = 5, .exclude_ids = {}}), Error);
  EXPECT_THAT(Names(retrieval_.SimilarItems({.id = "item-3", .k = 100, .exclude_ids = {}}).entries),
              Not(Contains("item-12")));
  EXPECT_EQ(retrieval_.Recommend(All("user-4")).history_events, 4);
}

TEST_F(LiveCatalogTest, AWithdrawnItemComesBackWhenItIsUpserted) {
  catalog_.Withdraw(std::vector<std::string>{"item-9"});
  catalog_.Upsert({Item("item-9", 3, "brand 1")});
  const Recommendation answer = retrieval_.Recommend(All("user-4"));
  const auto found = std::ranges::find(answer.items, "item-9", &ScoredEntry::id);
  ASSERT_NE(found, answer.items.end());
  EXPECT_EQ(found->title, "New item-9");
}

TEST_F(LiveCatalogTest, FiltersSeeTheAttributesOfTheMoment) {
  catalog_.Upsert({Item("item-7", 5000, "brand 9"), Item("newcomer", 6000, "brand 9"), Item("cheap", 1, "brand 9")});
  catalog_.Withdraw(std::vector<std::string>{"item-8"});
  RecommendRequest request = All("user-4");
  request.filter.condition = filter::ParseCondition("price > 1000 or brand = 'brand 3' and price < 10");
  EXPECT_THAT(NamesFor(request), ::testing::UnorderedElementsAre("item-7", "newcomer", "item-3"));
  request.filter.condition = filter::ParseCondition("brand = 'brand 9'");
  request.filter.only_ids = {"cheap", "item-7", "item-9"};
  EXPECT_THAT(NamesFor(request), ::testing::UnorderedElementsAre("cheap", "item-7"));
}

TEST_F(LiveCatalogTest, NewItemsOfTheHistoryCountAsSeen) {
  catalog_.Upsert({Item("newcomer", 1, "brand 1")});
  RecommendRequest request = All("user-4");
  request.seen = SeenPolicy::kMask;
  EXPECT_THAT(NamesFor(request), Contains("newcomer"));
  request.history = {{"newcomer", 0}};
  EXPECT_THAT(NamesFor(request), Not(Contains("newcomer")));
}

TEST_F(LiveCatalogTest, ChangesHoldOverARestartAndForLaterVersions) {
  catalog_.Upsert({Item("newcomer", 1, "brand 1")});
  catalog_.Withdraw(std::vector<std::string>{"item-3"});
  const auto later = Load(MadeRetailer::WithBrands());
  catalog_.Attach(later);
  EXPECT_EQ(later->delta()->new_items(), 1);
  std::filesystem::copy(folder_.path() / "changes.log", folder_.path() / "copy.log");
  LiveCatalogSettings settings;
  settings.log = folder_.path() / "copy.log";
  LiveCatalog restarted(settings);
  const auto fresh = Load(MadeRetailer::WithBrands());
  restarted.Attach(fresh);
  EXPECT_THAT(Names(RetrievalService({}, {fresh}).Recommend(All("user-4")).items),
              ::testing::AllOf(Contains("newcomer"), Not(Contains("item-3"))));
  EXPECT_EQ(restarted.counts().changes, 2);
}

TEST_F(LiveCatalogTest, EveryVersionThatIsLoadedFollows) {
  const auto canary = Load(MadeRetailer::WithBrands());
  catalog_.Attach(canary);
  catalog_.Upsert({Item("newcomer", 1, "brand 1")});
  EXPECT_EQ(canary->delta()->new_items(), 1);
  EXPECT_EQ(snapshot_->delta()->new_items(), 1);
}

TEST_F(LiveCatalogTest, AnAnswerKeepsWhatItNames) {
  catalog_.Upsert({Item("newcomer", 1, "brand 1")});
  const Recommendation answer = retrieval_.Recommend(All("user-4"));
  catalog_.Withdraw(std::vector<std::string>{"newcomer"});
  EXPECT_THAT(Names(answer.items), Contains("newcomer"));
}

TEST_F(LiveCatalogTest, CountsWhatTheChangesAre) {
  catalog_.Upsert({Item("newcomer", 1, "brand 1"), Item("item-3", 1, "brand 1")});
  catalog_.Withdraw(std::vector<std::string>{"item-5", "never there"});
  const CatalogCounts counts = catalog_.counts();
  EXPECT_EQ(counts.changes, 4);
  EXPECT_EQ(counts.added, 1);
  EXPECT_EQ(counts.changed, 1);
  EXPECT_EQ(counts.withdrawn, 1);
}

TEST_F(LiveCatalogTest, RefusesWrongItemsAndChangesNothing) {
  EXPECT_EQ(CodeOf([&] { catalog_.Upsert({Item("a", 1, "b"), Item("", 1, "b")}); }), Code::kInvalidArgument);
  EXPECT_EQ(message_, "items[1].item_id is empty");
  EXPECT_EQ(CodeOf([&] { catalog_.Upsert({Item("a", std::numeric_limits<double>::infinity(), "b")}); }),
            Code::kInvalidArgument);
  EXPECT_THAT(message_, HasSubstr("items[0].attributes[\"price\"] is not a finite number"));
  EXPECT_EQ(CodeOf([&] { catalog_.Upsert({}); }), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf([&] { catalog_.Withdraw(std::vector<std::string>(5, "a")); }), Code::kInvalidArgument);
  EXPECT_THAT(message_, HasSubstr("serve.catalog.max_batch"));
  EXPECT_EQ(catalog_.counts().changes, 0);
}

TEST_F(LiveCatalogTest, TakesNoMoreChangesThanItMay) {
  catalog_.Withdraw(std::vector<std::string>{"a", "b", "c"});
  catalog_.Withdraw(std::vector<std::string>{"d", "e", "f"});
  catalog_.Withdraw(std::vector<std::string>{"a"});
  EXPECT_EQ(CodeOf([&] { catalog_.Withdraw(std::vector<std::string>{"g"}); }), Code::kResourceExhausted);
  EXPECT_EQ(catalog_.counts().changes, 6);
}

TEST_F(LiveCatalogTest, TakesNoneWithoutALog) {
  LiveCatalog closed{LiveCatalogSettings()};
  EXPECT_EQ(CodeOf([&] { closed.Withdraw(std::vector<std::string>{"a"}); }), Code::kFailedPrecondition);
  EXPECT_THAT(message_, HasSubstr("serve.catalog.log"));
}

TEST_F(LiveCatalogTest, TakesNoNewItemsForAModelThatCannotPlaceThem) {
  const auto without_features = Load(MadeRetailer());
  catalog_.Attach(without_features);
  EXPECT_EQ(CodeOf([&] { catalog_.Upsert({Item("newcomer", 1, "brand 1")}); }), Code::kFailedPrecondition);
  EXPECT_THAT(message_, HasSubstr("reads no features of items"));
  catalog_.Upsert({Item("item-3", 4, "brand 1")});
  EXPECT_EQ(without_features->delta()->changed_items(), 1);
}

}  // namespace
}  // namespace shortlist::serve
