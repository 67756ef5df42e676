#include "eval/example_shoppers.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::SizeIs;

// Every tenth of 100 shoppers has a find; the last one has a short history.
class ExampleShoppersTest : public ::testing::Test {
 protected:
  ExampleShoppersTest() {
    for (std::size_t shopper = 0; shopper < 100; ++shopper) {
      set_.queries.push_back(QueryOf({0, 1, 2}));
      set_.targets.push_back({5});
      rankings_.push_back({shopper % 10 == 0 ? 5 : 6});
    }
    set_.queries.back() = QueryOf({0});
  }

  EvaluationSet set_;
  Rankings rankings_;
};

TEST_F(ExampleShoppersTest, HalfOfThemHaveAFind) {
  const std::vector<std::size_t> chosen = ChooseExamples(set_, rankings_, 6, 1);
  ASSERT_THAT(chosen, SizeIs(6));
  EXPECT_EQ(std::count_if(chosen.begin(), chosen.end(), [](std::size_t shopper) { return shopper % 10 == 0; }), 3);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
}

TEST_F(ExampleShoppersTest, TheSeedDecides) {
  EXPECT_EQ(ChooseExamples(set_, rankings_, 6, 1), ChooseExamples(set_, rankings_, 6, 1));
  EXPECT_NE(ChooseExamples(set_, rankings_, 6, 1), ChooseExamples(set_, rankings_, 6, 2));
}

TEST_F(ExampleShoppersTest, ShortHistoriesAreLeftOut) {
  EXPECT_THAT(ChooseExamples(set_, rankings_, 200, 1), SizeIs(99));
}

TEST(CountFindsTest, CountsTargetsInTheShortlist) {
  EXPECT_EQ(CountFinds({3, 1, 9}, {1, 2, 3}), 2);
}

}  // namespace
}  // namespace shortlist::eval
