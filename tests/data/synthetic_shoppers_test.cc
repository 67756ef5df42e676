#include "data/synthetic_shoppers.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

class SyntheticShoppersTest : public ::testing::Test {
 protected:
  std::vector<SyntheticEvent> Events(std::int64_t seed = 1) {
    settings_.users = 500;
    settings_.items = 400;
    settings_.events = 30'000;
    const SyntheticCatalog catalog(settings_, seed);
    SyntheticShoppers shoppers(settings_, seed, catalog);
    std::vector<SyntheticEvent> events;
    for (std::int64_t i = 0; i < settings_.events; ++i) events.push_back(shoppers.Next());
    return events;
  }

  SynthesizeSettings settings_;
};

TEST_F(SyntheticShoppersTest, TimesRiseAndFillTheDays) {
  const auto events = Events();
  EXPECT_TRUE(
      std::is_sorted(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.time < b.time; }));
  const std::int64_t first = events.front().time;
  const std::int64_t last = events.back().time;
  EXPECT_EQ((first - 1704067200) / 86400, 0);
  EXPECT_EQ((last - 1704067200) / 86400, settings_.days - 1);
}

TEST_F(SyntheticShoppersTest, RepeatsAboutTheGivenShareOfPurchases) {
  settings_.repeat_share = 0.4;
  std::map<std::size_t, std::set<std::size_t>> bought;
  double repeats = 0;
  for (const SyntheticEvent& event : Events()) {
    repeats += bought[event.user].contains(event.item) && event.action == SyntheticAction::kPurchase ? 1 : 0;
    if (event.action == SyntheticAction::kPurchase) bought[event.user].insert(event.item);
  }
  EXPECT_GT(repeats / 30'000, 0.35);
  EXPECT_LT(repeats / 30'000, 0.55);
}

// Hits among the next items when ten candidates come from what followed the last item, against the ten most popular.
TEST_F(SyntheticShoppersTest, TheLastItemTellsMoreThanPopularity) {
  const auto events = Events();
  const std::size_t trained = events.size() * 8 / 10;
  std::map<std::size_t, std::map<std::size_t, int>> followers;
  std::map<std::size_t, int> popular;
  std::map<std::size_t, std::size_t> last;
  const auto top = [](const std::map<std::size_t, int>& counts) {
    std::vector<std::pair<int, std::size_t>> ranked;
    for (const auto& [item, count] : counts) ranked.emplace_back(count, item);
    std::sort(ranked.rbegin(), ranked.rend());
    std::set<std::size_t> items;
    for (std::size_t i = 0; i < std::min<std::size_t>(10, ranked.size()); ++i) items.insert(ranked[i].second);
    return items;
  };
  for (std::size_t i = 0; i < trained; ++i) {
    const auto before = last.find(events[i].user);
    if (before != last.end()) ++followers[before->second][events[i].item];
    ++popular[events[i].item];
    last[events[i].user] = events[i].item;
  }
  const std::set<std::size_t> best = top(popular);
  int by_last = 0;
  int by_popularity = 0;
  for (std::size_t i = trained; i < events.size(); ++i) {
    by_last += top(followers[last[events[i].user]]).contains(events[i].item) ? 1 : 0;
    by_popularity += best.contains(events[i].item) ? 1 : 0;
    last[events[i].user] = events[i].item;
  }
  EXPECT_GT(by_last, 2 * by_popularity);
}

TEST_F(SyntheticShoppersTest, DependsOnTheSeedAlone) {
  const auto first = Events(1);
  const auto same = Events(1);
  const auto other = Events(2);
  const auto equal = [](const SyntheticEvent& a, const SyntheticEvent& b) {
    return a.user == b.user && a.item == b.item && a.time == b.time && a.device == b.device && a.country == b.country;
  };
  EXPECT_TRUE(std::equal(first.begin(), first.end(), same.begin(), equal));
  EXPECT_FALSE(std::equal(first.begin(), first.end(), other.begin(), equal));
}

}  // namespace
}  // namespace shortlist::data
