#include "train/examples.h"

#include <gtest/gtest.h>

#include "train/owned_interactions.h"

namespace shortlist::train {
namespace {

// The first shopper fills a basket of two at time 20; the second has one event only.
class ExamplesTest : public testing::Test {
 protected:
  std::vector<std::int64_t> Events(HistoryRule rule) {
    std::vector<std::int64_t> events;
    for (const Example& example : ListExamples(log_, rule)) events.push_back(example.event);
    return events;
  }
  std::vector<std::int32_t> History(HistoryRule rule, std::int64_t event) {
    HistoryReader reader(log_, rule);
    const features::HistoryView history = reader.Of({event, event < 4 ? 0 : 2});
    EXPECT_EQ(history.items.size(), history.times.size());
    return {history.items.begin(), history.items.end()};
  }

  OwnedInteractions part_{
      {{{.item = 1, .time = 10}, {.item = 2, .time = 20}, {.item = 3, .time = 20}, {.item = 4, .time = 30}},
       {},
       {{.item = 9, .time = 5}}}};
  EventLog log_ = MakeEventLog({part_.view()});
};

TEST_F(ExamplesTest, PrefixIsAllBefore) {
  EXPECT_EQ(Events(HistoryRule::kPrefix), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(History(HistoryRule::kPrefix, 2), (std::vector<std::int32_t>{1, 2}));
}

TEST_F(ExamplesTest, EarlierLeavesOutTheSameBasket) {
  EXPECT_EQ(Events(HistoryRule::kEarlier), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(History(HistoryRule::kEarlier, 2), (std::vector<std::int32_t>{1}));
  EXPECT_EQ(History(HistoryRule::kEarlier, 3), (std::vector<std::int32_t>{1, 2, 3}));
}

TEST_F(ExamplesTest, EarlierHasNoExampleInTheFirstBasket) {
  const OwnedInteractions basket({{{.item = 1, .time = 10}, {.item = 2, .time = 10}}});
  EXPECT_TRUE(ListExamples(MakeEventLog({basket.view()}), HistoryRule::kEarlier).empty());
}

TEST_F(ExamplesTest, OthersIsAllButTheEventItself) {
  EXPECT_EQ(Events(HistoryRule::kOthers), (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(History(HistoryRule::kOthers, 0), (std::vector<std::int32_t>{2, 3, 4}));
  EXPECT_EQ(History(HistoryRule::kOthers, 2), (std::vector<std::int32_t>{1, 2, 4}));
}

TEST_F(ExamplesTest, ExamplesNameTheirShopper) {
  const OwnedInteractions part({{}, {{.item = 1}, {.item = 2, .time = 1}}});
  const EventLog log = MakeEventLog({part.view()});
  const std::vector<Example> examples = ListExamples(log, HistoryRule::kPrefix);
  ASSERT_EQ(examples.size(), 1U);
  EXPECT_EQ(examples[0].user, 1);
}

}  // namespace
}  // namespace shortlist::train
