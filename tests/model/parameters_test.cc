#include "model/parameters.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

TEST(ParameterLayout, NamesEveryArrayOfTheModelOnce) {
  const ParameterLayout layout(FullSpec());
  ASSERT_EQ(layout.tables.size(), 4U);
  EXPECT_EQ(layout.tables[0].name, "item_id.embedding");
  EXPECT_EQ(layout.tables[2].name, "item_feature.words.embedding");
  EXPECT_EQ(layout.tables[layout.first_context_table].name, "context_feature.hour.embedding");
  std::set<std::string> names;
  for (const DenseShape& shape : layout.dense) names.insert(shape.name);
  EXPECT_EQ(names.size(), layout.dense.size());
  EXPECT_EQ(layout.dense[layout.item.weights[1]].rows, 5);
  EXPECT_EQ(layout.dense[layout.item.weights[1]].columns, 3);
  EXPECT_EQ(layout.dense[layout.item.biases[2]].columns, 4);
}

TEST(ParameterLayout, DenseArraysAreAlignedAndDoNotOverlap) {
  const ParameterLayout layout(FullSpec());
  std::int64_t end = 0;
  for (const DenseShape& shape : layout.dense) {
    EXPECT_EQ(shape.offset % 16, 0);
    EXPECT_GE(shape.offset, end);
    end = shape.offset + shape.rows * shape.columns;
  }
  EXPECT_LE(end, layout.dense_size);
  EXPECT_LE(layout.dense[layout.user.weights.back()].offset, layout.matrices_end);
  EXPECT_GE(layout.dense[layout.user.biases.front()].offset, layout.matrices_end);
}

TEST(ParameterLayout, APlainModelHasTheScaleAlone) {
  const ParameterLayout layout(PlainSpec());
  EXPECT_EQ(layout.tables.size(), 1U);
  ASSERT_EQ(layout.dense.size(), 1U);
  EXPECT_EQ(layout.dense[layout.scale].name, "scale");
  EXPECT_EQ(layout.prior_weight, ParameterLayout::kAbsent);
}

TEST(ParameterLayout, RunsDivideTheFlatBuffer) {
  for (const TwoTowerSpec& spec : {FullSpec(), PlainSpec()}) {
    const ParameterLayout layout(spec);
    std::vector<DenseRun> runs = layout.user_runs;
    runs.insert(runs.end(), layout.item_head_runs.begin(), layout.item_head_runs.end());
    runs.insert(runs.end(), layout.item_input_runs.begin(), layout.item_input_runs.end());
    std::ranges::sort(runs, {}, &DenseRun::begin);
    std::int64_t end = 0;
    for (const DenseRun& run : runs) {
      EXPECT_EQ(run.begin, end);
      EXPECT_GT(run.size(), 0);
      end = run.end;
    }
    EXPECT_EQ(end, layout.dense_size);
  }
}

TEST(Gradients, ClearForgetsAllUses) {
  const ParameterLayout layout(FullSpec());
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  Gradients gradients(layout, *backend);
  gradients.Add(1, {}, {});
  gradients.dense(layout.scale).data[0] = 3;
  EXPECT_EQ(gradients.uses(1).size(), 1U);
  gradients.Clear();
  EXPECT_TRUE(gradients.uses(1).empty());
  EXPECT_EQ(gradients.dense(layout.scale).data[0], 0);
}

}  // namespace
}  // namespace shortlist::model
