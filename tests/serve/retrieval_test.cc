#include "serve/retrieval.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::int64_t kNow = kFirstTime + 20 * kDay;

class RetrievalTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const ScratchFolder folder;
    retailer = std::make_unique<MadeRetailer>();
    snapshot = ServingSnapshot::Load(WriteMadeBundle(*retailer, folder.path()));
  }
  static void TearDownTestSuite() {
    snapshot.reset();
    retailer.reset();
  }

  RetrievalTest() : retrieval_(limits_, {snapshot}) {}

  static RecommendRequest RequestOf(std::string_view user, std::int64_t k) {
    RecommendRequest request;
    request.user_id = user;
    request.k = k;
    request.time = kNow;
    return request;
  }

  // The exact answer for a stored shopper, computed from the model alone.
  static std::vector<std::string> ExactNames(std::int32_t user, std::int64_t k, const features::Record& context,
                                             const std::vector<std::int32_t>& excluded) {
    const auto times = StoredTimes(user, TimesOfEvents::kKnown);
    const auto vector = retailer->ShopperVector(StoredItems(user), times, kNow, context);
    std::vector<std::string> names;
    for (const std::int32_t item : retailer->ExactTop(vector, k, excluded)) names.push_back(ItemName(item));
    return names;
  }

  static std::vector<std::string> Names(const std::vector<ScoredEntry>& entries) {
    std::vector<std::string> names(entries.size());
    std::ranges::transform(entries, names.begin(), [](const ScoredEntry& entry) { return std::string(entry.id); });
    return names;
  }

  static std::unique_ptr<MadeRetailer> retailer;
  static std::shared_ptr<const ServingSnapshot> snapshot;
  LimitSettings limits_;
  RetrievalService retrieval_;
};
std::unique_ptr<MadeRetailer> RetrievalTest::retailer;
std::shared_ptr<const ServingSnapshot> RetrievalTest::snapshot;

TEST_F(RetrievalTest, GivesTheExactTopOfTheModel) {
  const features::Record time = {{"time", static_cast<double>(kNow)}};
  for (std::int32_t user = 1; user < kUsers; ++user) {
    const std::string name = UserName(user);
    const Recommendation answer = retrieval_.Recommend(RequestOf(name, 10));
    EXPECT_EQ(Names(answer.items), ExactNames(user, 10, time, StoredItems(user)));
    EXPECT_TRUE(answer.personalized());
    EXPECT_EQ(answer.history_events, user);
    EXPECT_EQ(answer.items.front().title, "Title" + std::string(answer.items.front().id).substr(4).replace(0, 1, " "));
  }
}

TEST_F(RetrievalTest, AllowsSeenItemsOnRequest) {
  RecommendRequest request = RequestOf("user-9", kItems);
  EXPECT_THAT(retrieval_.Recommend(request).items, SizeIs(kItems - 9));
  request.seen = SeenPolicy::kAllow;
  const features::Record time = {{"time", static_cast<double>(kNow)}};
  EXPECT_EQ(Names(retrieval_.Recommend(request).items), ExactNames(9, kItems, time, {}));
}

TEST_F(RetrievalTest, RanksOwnItemsByTheirTermsWhereTheyMayComeBack) {
  const ScratchFolder folder;
  const RetrievalService repeating(limits_, {ServingSnapshot::Load(WriteRepeatBundle(*retailer, folder.path()))});
  const repeat::Blend blend(MadeRetailer::RepeatWeights(), retailer->model().spec().settings.dimension);
  const std::vector<float> vectors = retailer->ItemVectors();
  const auto width = static_cast<std::ptrdiff_t>(retailer->model().vector_width());
  const auto vector_of = [&](std::int32_t item) {
    return std::vector<float>(vectors.begin() + item * width, vectors.begin() + (item + 1) * width);
  };
  int moved = 0;
  for (std::int32_t user = 1; user < kUsers; ++user) {
    const std::vector<std::int32_t> own = StoredItems(user);
    const std::vector<std::int64_t> times = StoredTimes(user, TimesOfEvents::kKnown);
    const auto shopper = retailer->ShopperVector(own, times, kNow, {{"time", static_cast<double>(kNow)}});
    std::vector<std::pair<double, std::int32_t>> scored;
    for (std::int32_t item = 0; item < kItems; ++item) {
      const std::vector<float> vector = vector_of(item);
      scored.emplace_back(-std::inner_product(shopper.begin(), shopper.end(), vector.begin(), 0.0), item);
    }
    for (const auto& [item, score] : blend.ScoreOwn(shopper, {own, times}, kNow, vector_of)) {
      scored[static_cast<std::size_t>(item)].first = -static_cast<double>(score);
    }
    std::ranges::sort(scored);
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < 10; ++i) expected.push_back(ItemName(scored[i].second));

    const std::string name = UserName(user);
    RecommendRequest request = RequestOf(name, 10);
    EXPECT_EQ(Names(repeating.Recommend(request).items), Names(retrieval_.Recommend(request).items)) << "masked";
    request.seen = SeenPolicy::kAllow;
    EXPECT_EQ(Names(repeating.Recommend(request).items), expected);
    moved += Names(retrieval_.Recommend(request).items) != expected ? 1 : 0;
    request.exclude_item_ids = {expected.front()};
    EXPECT_THAT(Names(repeating.Recommend(request).items), Not(Contains(expected.front())));
  }
  EXPECT_GT(moved, 0);
}

TEST_F(RetrievalTest, AnswersByTheServersPolicyUnlessTheRequestHasOne) {
  const RetrievalService allowing(limits_, {snapshot}, std::make_shared<NoObserver>(), SeenRule::kAllow);
  RecommendRequest request = RequestOf("user-9", kItems);
  EXPECT_THAT(allowing.Recommend(request).items, SizeIs(kItems));
  request.seen = SeenPolicy::kMask;
  EXPECT_THAT(allowing.Recommend(request).items, SizeIs(kItems - 9));
}

TEST_F(RetrievalTest, SaysWhyAnItemIsThere) {
  RecommendRequest request = RequestOf("user-9", kItems);
  request.seen = SeenPolicy::kAllow;
  const std::vector<std::int32_t> own = StoredItems(9);
  int repeated = 0;
  for (const ScoredEntry& item : retrieval_.Recommend(request).items) {
    const bool had = std::ranges::any_of(own, [&](std::int32_t number) { return ItemName(number) == item.id; });
    EXPECT_EQ(item.reason == ItemReason::kRepeat, had) << item.id;
    repeated += had ? 1 : 0;
  }
  EXPECT_EQ(repeated, 9);
  EXPECT_EQ(retrieval_.Recommend(RequestOf("stranger", 1)).items.front().reason, ItemReason::kPopular);
}

TEST_F(RetrievalTest, ReadsContextAndNamesWhatItIgnores) {
  RecommendRequest request = RequestOf("user-4", 10);
  request.context = {{"device", std::string("laptop")}, {"basket", 900.0}, {"weather", std::string("rain")}};
  const Recommendation answer = retrieval_.Recommend(request);
  features::Record context = request.context;
  context["time"] = static_cast<double>(kNow);
  EXPECT_EQ(Names(answer.items), ExactNames(4, 10, context, StoredItems(4)));
  EXPECT_THAT(answer.ignored_context, ElementsAre("weather"));
}

TEST_F(RetrievalTest, ServesAVisitorByTheHistoryOfTheRequest) {
  RecommendRequest visitor;
  visitor.k = 10;
  visitor.time = kNow;
  visitor.history = {{"item-6", kFirstTime}, {"gone", kFirstTime}, {"item-7", kFirstTime + kDay}};
  const Recommendation answer = retrieval_.Recommend(visitor);
  EXPECT_EQ(Names(answer.items), Names(retrieval_.Recommend(RequestOf("user-2", 10)).items));
  EXPECT_TRUE(answer.personalized());
  EXPECT_EQ(answer.history_events, 2);
  EXPECT_EQ(answer.unknown_history_items, 1);
}

TEST_F(RetrievalTest, AddsTheRequestToTheStoredHistory) {
  RecommendRequest request = RequestOf("user-2", kItems);
  request.history = {{"item-30", 0}};
  const Recommendation answer = retrieval_.Recommend(request);
  EXPECT_EQ(answer.history_events, 3);
  EXPECT_THAT(Names(answer.items), Not(Contains("item-30")));
  EXPECT_NE(Names(answer.items), Names(retrieval_.Recommend(RequestOf("user-2", kItems)).items));
}

TEST_F(RetrievalTest, FallsBackToPopularItems) {
  RecommendRequest request = RequestOf("stranger", 3);
  request.exclude_item_ids = {"item-48"};
  const Recommendation answer = retrieval_.Recommend(request);
  EXPECT_THAT(Names(answer.items), ElementsAre("item-49", "item-47", "item-46"));
  EXPECT_FALSE(answer.personalized());
  EXPECT_EQ(answer.reason, Reason::kPopularityFallback);
  EXPECT_EQ(answer.items.front().score, 0);
}

TEST_F(RetrievalTest, ExcludesWithoutLosingPlaces) {
  RecommendRequest request = RequestOf("user-1", 5);
  const std::vector<std::string> first = Names(retrieval_.Recommend(request).items);
  request.exclude_item_ids = {first[0], first[2], first[0], "unknown"};
  request.k = 3;
  EXPECT_THAT(Names(retrieval_.Recommend(request).items), ElementsAre(first[1], first[3], first[4]));
}

TEST_F(RetrievalTest, ReturnsRecentHistory) {
  RecommendRequest request = RequestOf("user-5", 1);
  request.return_history = 2;
  const Recommendation answer = retrieval_.Recommend(request);
  ASSERT_THAT(answer.history, SizeIs(2));
  EXPECT_EQ(answer.history[1].item_id, "item-19");
  EXPECT_EQ(answer.history[1].title, "Title 19");
  EXPECT_EQ(answer.history[1].time, kFirstTime + 4 * kDay);
  request.return_history = 100;
  EXPECT_THAT(retrieval_.Recommend(request).history, SizeIs(5));
}

TEST_F(RetrievalTest, AnswersEachOfABatchAsIfAlone) {
  std::vector<std::string> names(kUsers);
  std::vector<RecommendRequest> requests(kUsers);
  for (std::size_t user = 0; user < kUsers; ++user) {
    names[user] = UserName(static_cast<std::int32_t>(user));
    requests[user] = RequestOf(names[user], 7);
  }
  const RecommendBatchResult result = retrieval_.RecommendBatch(requests);
  ASSERT_THAT(result.outcomes, SizeIs(kUsers));
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& answer = std::get<Recommendation>(result.outcomes[i]);
    EXPECT_EQ(Names(answer.items), Names(retrieval_.Recommend(requests[i]).items));
    EXPECT_EQ(answer.personalized(), i != 0);
  }
}

TEST_F(RetrievalTest, KeepsWrongRequestsOfABatchToThemselves) {
  std::vector<RecommendRequest> requests = {RequestOf("user-1", 3), RequestOf("user-2", 0), RequestOf("user-3", 3)};
  const RecommendBatchResult result = retrieval_.RecommendBatch(requests);
  EXPECT_THAT(std::get<Recommendation>(result.outcomes[0]).items, SizeIs(3));
  EXPECT_EQ(std::get<Error>(result.outcomes[1]).code(), Code::kInvalidArgument);
  EXPECT_THAT(std::get<Error>(result.outcomes[1]).what(), HasSubstr("k is 0"));
  EXPECT_EQ(Names(std::get<Recommendation>(result.outcomes[2]).items), Names(retrieval_.Recommend(requests[2]).items));
  requests.assign(1, RequestOf("", 3));
  EXPECT_TRUE(std::holds_alternative<Error>(retrieval_.RecommendBatch(requests).outcomes[0]));
  EXPECT_THROW(retrieval_.RecommendBatch({}), Error);
}

TEST_F(RetrievalTest, FindsSimilarItemsByVectorsWithoutTheirOwnTerms) {
  const SimilarResult result = retrieval_.SimilarItems({"item-20", 5, {"item-1"}});
  std::vector<float> query = snapshot->bundle().items().Vector(20);
  query.back() = 0;
  std::vector<std::string> expected;
  for (const std::int32_t item : retailer->ExactTop(query, 5, {20, 1})) expected.push_back(ItemName(item));
  EXPECT_EQ(Names(result.entries), expected);
  EXPECT_LE(result.entries.front().score, 1.0001F);
}

TEST_F(RetrievalTest, FindsSimilarUsers) {
  const SimilarResult result = retrieval_.SimilarUsers({"user-5", 100, {"user-6", "nobody"}});
  EXPECT_THAT(result.entries, SizeIs(kUsers - 2));
  EXPECT_THAT(Names(result.entries), Not(Contains("user-5")));
  EXPECT_THAT(Names(result.entries), Not(Contains("user-6")));
  EXPECT_GE(result.entries.front().score, result.entries.back().score);
}

TEST_F(RetrievalTest, SaysWhatIsNotInTheBundle) {
  try {
    retrieval_.SimilarItems({"lamp", 5, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("item 'lamp' is not in bundle " + snapshot->bundle().version()));
  }
  EXPECT_THROW(retrieval_.SimilarUsers({"stranger", 5, {}}), Error);
}

TEST_F(RetrievalTest, AnswersEachOfABatchFromTheSideItsShopperIsOn) {
  const ScratchFolder folder;
  const auto canary = ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(8), folder.path()));
  const Traffic traffic{.stable = snapshot, .canary = canary, .canary_percent = 50};
  retrieval_.Direct(traffic);
  std::vector<RecommendRequest> requests;
  std::vector<std::string> users;
  for (std::int32_t user = 1; user < kUsers; ++user) users.push_back(UserName(user));
  for (const std::string& user : users) requests.push_back(RequestOf(user, 5));
  const RecommendBatchResult result = retrieval_.RecommendBatch(requests);
  for (std::size_t i = 0; i < users.size(); ++i) {
    const auto& answer = std::get<Recommendation>(result.outcomes[i]);
    EXPECT_EQ(answer.snapshot, traffic.For(users[i])) << users[i];
    EXPECT_EQ(Names(answer.items), Names(retrieval_.Recommend(requests[i]).items));
  }
  EXPECT_EQ(result.snapshot, snapshot);
}

TEST_F(RetrievalTest, SwapsSnapshotsUnderLoad) {
  const ScratchFolder folder;
  const auto other = ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(8), folder.path()));
  const auto first = Names(retrieval_.Recommend(RequestOf("user-7", 10)).items);
  retrieval_.Direct({other});
  const auto second = Names(retrieval_.Recommend(RequestOf("user-7", 10)).items);
  ASSERT_NE(first, second);
  std::vector<std::jthread> clients(3);
  for (std::jthread& client : clients) {
    client = std::jthread([&] {
      for (int call = 0; call < 300; ++call) {
        const Recommendation answer = retrieval_.Recommend(RequestOf("user-7", 10));
        EXPECT_EQ(Names(answer.items), answer.snapshot == other ? second : first);
      }
    });
  }
  for (int swap = 0; swap < 300; ++swap) retrieval_.Direct({swap % 2 == 0 ? snapshot : other});
}

}  // namespace
}  // namespace shortlist::serve
