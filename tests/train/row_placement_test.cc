#include "train/row_placement.h"

#include <map>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

const std::vector<model::TableShape> kTables = {{"items", 11}, {"hours", 3}, {"words", 7}};
const std::vector<TablePlacement> kPlacements = {
    {Placement::kSharded, {2, 9}}, {Placement::kReplicated, {}}, {Placement::kSharded, {}}};

// Every row is kept where it is looked for, and nowhere else.
TEST(RowPlacement, FindsEveryRowWhereItIsKept) {
  constexpr int kRanks = 3;
  for (int rank = 0; rank < kRanks; ++rank) {
    const RowPlacement placement(kTables, kPlacements, {rank, kRanks});
    const model::HeldRows held = placement.Held();
    EXPECT_EQ(held.tables[RowPlacement::kReplicatedTable].rows, 5);
    EXPECT_EQ(held.tables[RowPlacement::kShardedTable].rows, placement.ShardRows(rank));
    std::map<std::pair<std::size_t, std::int64_t>, std::int64_t> uses;
    for (std::size_t t = 0; t < kTables.size(); ++t) {
      std::map<std::int64_t, std::pair<std::size_t, std::int64_t>> kept;
      for (const model::RowRun& run : held.runs[t]) {
        for (std::int64_t k = 0; k < run.rows; ++k) {
          kept[run.ModelRow(k)] = {run.held, run.held_row + k};
          EXPECT_EQ(++uses[std::pair(run.held, run.held_row + k)], 1) << "two rows in one place";
        }
      }
      for (std::int32_t id = 0; id < kTables[t].rows; ++id) {
        const RowPlacement::Place place = placement.Of(t, id);
        if (place.owner != RowPlacement::kEverywhere && place.owner != rank) {
          EXPECT_FALSE(kept.contains(id));
          continue;
        }
        const std::size_t table =
            place.owner == RowPlacement::kEverywhere ? RowPlacement::kReplicatedTable : RowPlacement::kShardedTable;
        EXPECT_EQ(kept.at(id), std::pair(table, std::int64_t{place.row})) << t << " " << id;
      }
    }
  }
}

TEST(RowPlacement, ShardsDifferByOneRowPerTableAtMost) {
  const RowPlacement placement(kTables, kPlacements, {0, 4});
  std::int64_t all = 0;
  for (int rank = 0; rank < 4; ++rank) {
    EXPECT_GE(placement.ShardRows(rank), 3);
    EXPECT_LE(placement.ShardRows(rank), 5);
    all += placement.ShardRows(rank);
  }
  EXPECT_EQ(all, 18);
}

}  // namespace
}  // namespace shortlist::train
