#include "serve/item_ranking.h"

#include <deque>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "serve/snapshot.h"

namespace shortlist::serve {
namespace {

using ::testing::Each;
using ::testing::Gt;
using ::testing::SizeIs;

struct RecordingObserver final : AnswerObserver {
  void Encoded(double /*seconds*/) override {}
  void Searched(const ItemSearch& search, double seconds) override {
    asked.push_back(search.k);
    found.push_back(search.neighbors.size());
    times.push_back(seconds);
  }

  std::vector<std::int64_t> asked;
  std::vector<std::size_t> found;
  std::vector<double> times;
};

// Every stored shopper with a history, asking under both policies and for different numbers of items.
class Askers {
 public:
  explicit Askers(const ServingSnapshot& snapshot) {
    for (std::int32_t user = 1; user < kUsers; ++user) {
      RecommendRequest request;
      const std::string name = UserName(user);
      request.user_id = name;
      request.time = kFirstTime + 20 * kDay;
      shoppers_.push_back(ReadShopper(snapshot, request, request.time));
      base::QueryBatch batch;
      snapshot.AppendShopper(shoppers_.back().history(), shoppers_.back().now, {}, batch);
      vectors_.push_back(snapshot.EncodeShoppers(batch));
      const SeenPolicy seen = user % 2 == 0 ? SeenPolicy::kMask : SeenPolicy::kAllow;
      const CatalogView view(snapshot, delta_);
      filters_.emplace_back(view, RequestFilter(), ExcludedItems(view, request, shoppers_.back(), seen));
      requests.push_back({shoppers_.back(), vectors_.back(), 3 + user, seen, filters_.back()});
    }
  }

  std::vector<RankingRequest> requests;

 private:
  std::deque<Shopper> shoppers_;
  std::deque<std::vector<float>> vectors_;
  std::deque<ItemFilter> filters_;
  CatalogDelta delta_;
};

void ExpectRankedAsAlone(const std::shared_ptr<const ServingSnapshot>& snapshot) {
  const Askers askers(*snapshot);
  RecordingObserver observer;
  const auto together = RankItems(snapshot, {}, askers.requests, observer);
  ASSERT_THAT(together, SizeIs(askers.requests.size()));
  for (std::size_t i = 0; i < together.size(); ++i) {
    NoObserver nobody;
    const auto alone = RankItems(snapshot, {}, std::span(askers.requests).subspan(i, 1), nobody).front();
    EXPECT_EQ(index::IdsOf(together[i]), index::IdsOf(alone)) << "shopper " << i;
    EXPECT_TRUE(std::ranges::equal(together[i], alone, {}, &index::Neighbor::score, &index::Neighbor::score));
    EXPECT_THAT(together[i], SizeIs(static_cast<std::size_t>(askers.requests[i].k)));
    EXPECT_EQ(observer.asked[i], askers.requests[i].k);
    EXPECT_EQ(observer.found[i], together[i].size());
  }
  EXPECT_THAT(observer.times, Each(Gt(0)));
}

TEST(RankItems, RanksTogetherAsAlone) {
  const ScratchFolder folder;
  ExpectRankedAsAlone(ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path())));
}

TEST(RankItems, RanksOwnItemsTogetherAsAlone) {
  const ScratchFolder folder;
  ExpectRankedAsAlone(ServingSnapshot::Load(WriteRepeatBundle(MadeRetailer(), folder.path())));
}

TEST(RankItems, HasNothingToRankForNobody) {
  const ScratchFolder folder;
  NoObserver nobody;
  EXPECT_THAT(RankItems(ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path())), {}, {}, nobody),
              SizeIs(0));
}

}  // namespace
}  // namespace shortlist::serve
