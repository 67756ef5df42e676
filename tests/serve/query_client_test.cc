#include "query_client.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/running_server.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

using serve::StartMadeServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class QueryClientTest : public ::testing::Test {
 protected:
  std::unique_ptr<serve::Server> server_ = StartMadeServer();
  QueryClient client_{server_->address()};
};

TEST_F(QueryClientTest, CarriesEveryFieldThereAndBack) {
  RecommendQuery query;
  query.user_id = "user-3";
  query.history = {{"item-30", 0}, {"gone", 0}};
  query.context = {{"device", "phone"}, {"basket", 3.0}, {"weather", std::vector<std::string>{"rain", "wind"}}};
  query.k = 3;
  query.exclude_item_ids = {"item-1"};
  query.return_history = 2;
  const Shortlist shortlist = client_.Recommend(query);
  ASSERT_EQ(shortlist.items.size(), 3U);
  EXPECT_EQ(shortlist.items[0].rank, 1);
  EXPECT_THAT(shortlist.items[0].title, HasSubstr("Title "));
  EXPECT_EQ(shortlist.bundle_version, server_->bundle_version());
  EXPECT_TRUE(shortlist.personalized);
  EXPECT_EQ(shortlist.reason, "history");
  EXPECT_EQ(shortlist.history_events, 4);
  EXPECT_EQ(shortlist.unknown_history_items, 1);
  EXPECT_THAT(shortlist.ignored_context, ElementsAre("weather"));
  ASSERT_EQ(shortlist.history.size(), 2U);
  EXPECT_EQ(shortlist.history[1].item_id, "item-30");
}

TEST_F(QueryClientTest, AllowsSeenItems) {
  RecommendQuery query;
  query.user_id = "user-3";
  query.k = serve::kItems;
  EXPECT_EQ(client_.Recommend(query).items.size(), 47U);
  query.seen = Seen::kAllow;
  EXPECT_EQ(client_.Recommend(query).items.size(), 50U);
}

TEST_F(QueryClientTest, NamesTheFallback) {
  const Shortlist shortlist = client_.Recommend({});
  EXPECT_FALSE(shortlist.personalized);
  EXPECT_EQ(shortlist.reason, "popularity_fallback");
}

TEST_F(QueryClientTest, ReturnsBatchesEntryByEntry) {
  std::vector<RecommendQuery> queries(3);
  queries[1].k = -1;
  const std::vector<BatchEntry> entries = client_.RecommendBatch(queries);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_TRUE(entries[0].shortlist.has_value());
  EXPECT_FALSE(entries[1].shortlist.has_value());
  EXPECT_THAT(entries[1].error, HasSubstr("INVALID_ARGUMENT: k is -1"));
  EXPECT_EQ(entries[2].shortlist->items.size(), 10U);
}

TEST_F(QueryClientTest, FindsNeighbors) {
  const SimilarAnswer items = client_.SimilarItems({"item-3", 4, {"item-4"}, "", {}});
  EXPECT_EQ(items.entries.size(), 4U);
  EXPECT_EQ(items.bundle_version, server_->bundle_version());
  const SimilarAnswer users = client_.SimilarUsers({"user-3", 4, {}, "", {}});
  EXPECT_EQ(users.entries.size(), 4U);
  EXPECT_EQ(users.entries[3].rank, 4);
}

TEST_F(QueryClientTest, ThrowsWhatTheServerSays) {
  try {
    client_.SimilarItems({"lamp", 4, {}, "", {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("item 'lamp'"));
  }
}

TEST_F(QueryClientTest, SaysThatNoServerAnswers) {
  const std::string address = server_->address();
  server_->Shutdown();
  try {
    QueryClient(address).Recommend({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("no server answers at '" + address + "'"));
  }
}

TEST_F(QueryClientTest, GivesUpAtItsDeadline) {
  const QueryClient hurried(server_->address(), std::chrono::milliseconds(-1000));
  try {
    hurried.Recommend({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDeadlineExceeded);
  }
}

}  // namespace
}  // namespace shortlist::tools
