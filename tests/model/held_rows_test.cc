#include "model/held_rows.h"

#include <gtest/gtest.h>

#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

TEST(HeldRows, EverythingIsTheModelsOwnLayout) {
  const ParameterLayout layout(FullSpec());
  const HeldRows held = HoldEverything(layout);
  const ParameterLayout same = LayoutOf(held, layout);
  ASSERT_EQ(held.runs.size(), layout.tables.size());
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    EXPECT_EQ(same.tables[t].rows, layout.tables[t].rows);
    ASSERT_EQ(held.runs[t].size(), 1U);
    EXPECT_EQ(held.runs[t][0].rows, layout.tables[t].rows);
    EXPECT_EQ(held.runs[t][0].ModelRow(2), 2);
  }
  EXPECT_EQ(same.dense_size, layout.dense_size);
}

TEST(HeldRows, RowsOfARunAreWhereItStands) {
  std::vector<float> values(12);
  const RowRun run = {.held_row = 2, .rows = 3, .first = 1, .stride = 4};
  const tensor::Matrix rows = RowsOf(run, {values.data(), 6, 2});
  EXPECT_EQ(rows.data, values.data() + 4);
  EXPECT_EQ(rows.rows, 3);
  EXPECT_EQ(run.ModelRow(2), 9);
  EXPECT_EQ((RowRun{.rows = 2, .ids = {8, 5}}.ModelRow(1)), 5);
}

}  // namespace
}  // namespace shortlist::model
