#include "tune/search_space.h"

#include <charconv>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::tune {
namespace {

using ::testing::ElementsAre;

double Number(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  EXPECT_TRUE(failure == std::errc{} && end == text.data() + text.size()) << text;
  return value;
}

TuneSettings Ranges(std::vector<RangeSettings> ranges) {
  TuneSettings settings;
  settings.ranges = std::move(ranges);
  return settings;
}

const RangeSettings kRate = {"train.optimizer.dense_rate", {}, 1e-4, 1e-1, RangeScale::kLog};
const RangeSettings kDropout = {"model.dropout", {}, .2, .6, RangeScale::kLinear};
const RangeSettings kHidden = {"model.user_hidden", {"[8]", "[16, 8]"}, 0, 0, RangeScale::kLinear};

TEST(SearchSpaceTest, DrawsOneValueOfEveryRange) {
  const SearchSpace space(Ranges({kRate, kDropout, kHidden}), 1);
  std::set<std::string> hidden;
  int below_geometric_mean = 0;
  int below_mean = 0;
  for (int number = 0; number < 400; ++number) {
    const std::vector<Choice> choices = space.Draw(number);
    ASSERT_EQ(choices.size(), 3U);
    EXPECT_EQ(choices[0].setting, "train.optimizer.dense_rate");
    const double rate = Number(choices[0].value);
    const double dropout = Number(choices[1].value);
    EXPECT_TRUE(rate >= 1e-4 && rate <= 1e-1) << rate;
    EXPECT_TRUE(dropout >= .2 && dropout <= .6) << dropout;
    below_geometric_mean += rate < 3.16e-3 ? 1 : 0;
    below_mean += dropout < .4 ? 1 : 0;
    hidden.insert(choices[2].value);
  }
  EXPECT_NEAR(below_geometric_mean, 200, 40);
  EXPECT_NEAR(below_mean, 200, 40);
  EXPECT_THAT(hidden, ElementsAre("[16, 8]", "[8]"));
}

TEST(SearchSpaceTest, TheSameNumberAndSeedGiveTheSameChoices) {
  const SearchSpace space(Ranges({kRate, kDropout}), 7);
  EXPECT_EQ(space.Draw(3), SearchSpace(Ranges({kRate, kDropout}), 7).Draw(3));
  EXPECT_NE(space.Draw(3), space.Draw(4));
  EXPECT_NE(space.Draw(3), SearchSpace(Ranges({kRate, kDropout}), 8).Draw(3));
}

TEST(SearchSpaceTest, BoundsAreAllValuesAndBothEnds) {
  const std::vector<Choice> bounds = SearchSpace(Ranges({kDropout, kHidden}), 1).Bounds();
  EXPECT_THAT(bounds, ElementsAre(Choice{"model.dropout", "0.2"}, Choice{"model.dropout", "0.6"},
                                  Choice{"model.user_hidden", "[8]"}, Choice{"model.user_hidden", "[16, 8]"}));
}

}  // namespace
}  // namespace shortlist::tune
