#include "features/history_sequences.h"

#include <vector>

#include <gmock/gmock.h>

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

base::Sequences Append(const std::vector<std::vector<std::int32_t>>& histories) {
  base::Sequences sequences;
  for (const std::vector<std::int32_t>& history : histories) AppendHistory(history, sequences);
  return sequences;
}

TEST(HistorySequencesTest, HistoriesThatDifferStandOneBehindTheOther) {
  const base::Sequences sequences = Append({{4, 5}, {7}, {4, 6, 5}});
  EXPECT_THAT(sequences.items.ids, ElementsAre(4, 5, 7, 4, 6, 5));
  EXPECT_THAT(sequences.items.weights, testing::Each(1.0F));
  EXPECT_EQ(sequences.items.rows(), 6);
  EXPECT_THAT(sequences.offsets, ElementsAre(0, 2, 3, 6));
  EXPECT_THAT(sequences.newest.ids, ElementsAre(1, 2, 5));
}

TEST(HistorySequencesTest, ARowThatContinuesOrBeginsTheLastOneSharesIt) {
  const base::Sequences sequences = Append({{4}, {4, 5, 6}, {4, 5}, {4, 5, 6}, {4, 6}});
  EXPECT_THAT(sequences.items.ids, ElementsAre(4, 5, 6, 4, 6));
  EXPECT_THAT(sequences.offsets, ElementsAre(0, 3, 5));
  EXPECT_THAT(sequences.newest.ids, ElementsAre(0, 2, 1, 2, 4));
}

TEST(HistorySequencesTest, AnEmptyHistoryReadsNothing) {
  const base::Sequences sequences = Append({{}, {3, 1}, {}, {3, 1, 2}});
  EXPECT_THAT(sequences.items.ids, ElementsAre(3, 1, 2));
  EXPECT_THAT(sequences.offsets, ElementsAre(0, 3));
  EXPECT_THAT(sequences.newest.offsets, ElementsAre(0, 0, 1, 1, 2));
  EXPECT_THAT(sequences.newest.ids, ElementsAre(1, 2));
}

TEST(HistorySequencesTest, TheLastSequenceKeepsItsPlace) {
  const base::Sequences last = LastSequence(Append({{4, 5}, {7}, {7, 8}}));
  EXPECT_THAT(last.items.ids, ElementsAre(7, 8));
  EXPECT_THAT(last.offsets, ElementsAre(0, 2));
  EXPECT_EQ(last.newest.rows(), 0);
  EXPECT_EQ(last.first_item, 2);
  const base::Sequences none = LastSequence(base::Sequences());
  EXPECT_THAT(none.offsets, ElementsAre(0));
  EXPECT_EQ(none.first_item, 0);
}

}  // namespace
}  // namespace shortlist::features
