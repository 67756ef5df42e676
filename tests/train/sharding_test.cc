#include "train/sharding.h"

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::train {
namespace {

TEST(Sharding, FrequentRowsAreThoseThatNearlyEveryStepReads) {
  const std::vector<std::int64_t> counts = {60, 0, 30, 10};
  EXPECT_EQ(FrequentRows(counts, 10), (std::vector<std::int32_t>{0, 2})) << "6, 0, 3 and 1 expected reads";
  EXPECT_TRUE(FrequentRows(counts, 1).empty());
}

TEST(Sharding, PlacesAllTablesAsTheSettingSays) {
  model::TwoTowerSpec spec;
  spec.items = 10;
  spec.item_features = {{"category", 4}};
  const model::ParameterLayout layout(spec);
  for (const TablePlacement& table : PlaceTables(layout, Sharding::kReplicated, {1})) {
    EXPECT_EQ(table.placement, Placement::kReplicated);
    EXPECT_TRUE(table.frequent.empty());
  }
  const std::vector<TablePlacement> sharded = PlaceTables(layout, Sharding::kSharded, {1});
  EXPECT_EQ(sharded[1].placement, Placement::kSharded);
  EXPECT_TRUE(sharded[0].frequent.empty());
  const std::vector<TablePlacement> hybrid = PlaceTables(layout, Sharding::kHybrid, {1});
  EXPECT_EQ(hybrid[0].placement, Placement::kSharded);
  EXPECT_EQ(hybrid[0].frequent, (std::vector<std::int32_t>{1}));
  EXPECT_TRUE(hybrid[1].frequent.empty()) << "frequent rows are items";
  EXPECT_THROW(PlaceTables(layout, Sharding::kAuto, {}), Error);
}

}  // namespace
}  // namespace shortlist::train
