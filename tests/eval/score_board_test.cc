#include "eval/score_board.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Items = std::vector<std::int32_t>;

const Items kFallback = {4, 3, 2, 1, 0};

TEST(ScoreBoardTest, TakesTheBestWithTiesByIndex) {
  ScoreBoard board(5);
  board.Add(3, 2);
  board.Add(1, 1);
  board.Add(0, 1);
  board.Add(0, 1);
  EXPECT_THAT(board.Take(3, {}), ElementsAre(0, 3, 1));
}

TEST(ScoreBoardTest, FillsFromTheFallbackWithoutRepeating) {
  ScoreBoard board(5);
  board.Add(3, 1);
  EXPECT_THAT(board.Take(3, kFallback), ElementsAre(3, 4, 2));
}

TEST(ScoreBoardTest, ExcludedItemsNeverComeBack) {
  ScoreBoard board(5);
  board.Add(3, 9);
  board.Exclude(Items{3, 4, 3});
  board.Add(4, 9);
  EXPECT_THAT(board.Take(5, kFallback), ElementsAre(2, 1, 0));
}

TEST(ScoreBoardTest, ForgetsEverythingWhenTaken) {
  ScoreBoard board(5);
  board.Add(3, 9);
  board.Exclude(Items{4});
  board.Take(1, {});
  board.Add(3, 1);
  board.Add(4, 2);
  EXPECT_THAT(board.Take(5, {}), ElementsAre(4, 3));
}

TEST(ScoreBoardTest, NothingScoredAndNoFallbackIsEmpty) {
  ScoreBoard board(5);
  EXPECT_THAT(board.Take(5, {}), IsEmpty());
}

}  // namespace
}  // namespace shortlist::eval
