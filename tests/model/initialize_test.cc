#include "model/initialize.h"

#include <cmath>

#include <gtest/gtest.h>

#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

TEST(Initialize, StartAsTheSettingsSay) {
  TwoTowerSpec spec = FullSpec();
  spec.items = 4000;
  const ParameterLayout layout(spec);
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  Parameters parameters(layout, *backend);
  Initialize(spec, layout, 1, *backend, parameters);

  const std::vector<float> ids = Download(*backend, parameters.table(0));
  double squares = 0;
  for (const float value : ids) squares += static_cast<double>(value) * value;
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(ids.size())), 0.5, 0.02);
  const std::vector<float> mixer = Download(*backend, parameters.dense(layout.pool_mixers[1]));
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(mixer[i], i % 5 == 0 ? 0.5F : 0.0F);
  for (const float bias : Download(*backend, parameters.dense(layout.user.biases[0]))) EXPECT_EQ(bias, 0);
  EXPECT_EQ(Download(*backend, parameters.dense(layout.scale)).front(), 2);
  EXPECT_EQ(Download(*backend, parameters.dense(layout.prior_weight)).front(), 0.3F);
}

// Rows 1, 4, 7, …, then two rows by number.
TEST(Initialize, ARowIsTheSameWhoeverHoldsIt) {
  TwoTowerSpec spec = PlainSpec();
  spec.items = 100;
  spec.settings.dimension = 5;
  const ParameterLayout layout(spec);
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  Parameters whole(layout, *backend);
  Initialize(spec, layout, 7, *backend, whole);

  HeldRows held;
  held.tables = {{"part", 35}};
  held.runs = {{{.rows = 33, .first = 1, .stride = 3}, {.held_row = 33, .rows = 2, .ids = {0, 99}}}};
  Parameters part(LayoutOf(held, layout), *backend);
  Initialize(spec, layout, held, 7, *backend, part);
  for (const RowRun& run : held.runs[0]) {
    for (std::int64_t k = 0; k < run.rows; ++k) {
      for (std::int64_t c = 0; c < 5; ++c) {
        EXPECT_EQ(RowsOf(run, part.table(0)).data[k * 5 + c], whole.table(0).data[run.ModelRow(k) * 5 + c]) << k;
      }
    }
  }
  EXPECT_EQ(Download(*backend, part.flat_dense()), Download(*backend, whole.flat_dense()));
}

}  // namespace
}  // namespace shortlist::model
