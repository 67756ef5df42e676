#include "model/user_tower.h"

#include <gtest/gtest.h>

#include "model/initialize.h"
#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

TEST(UserTower, PoolsTheHistoryByItsWeights) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.similarity = Similarity::kDot;
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const ParameterLayout layout(spec);
  const Parameters parameters(layout, *backend);
  const std::vector<float> vectors = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  UserTower tower(spec, layout, *backend);
  base::QueryBatch queries;
  queries.pools = {MakeBags({{0, 2}, {}}, {{.25F, .75F}, {}})};
  const std::vector<float> out =
      Download(*backend, tower.Forward(parameters, {vectors.data(), 3, 4}, queries, DropoutPlan()));
  EXPECT_EQ(out, (std::vector<float>{.25F, 0, .75F, 0, 0, 0, 0, 0}));
}

TEST(UserTower, MixesPoolsAndAddsTheContext) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.similarity = Similarity::kDot;
  spec.settings.history.pools.resize(2);
  spec.context_features = {{"hour", 2}};
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const ParameterLayout layout(spec);
  Parameters parameters(layout, *backend);
  Initialize(spec, layout, 1, *backend, parameters);
  const std::vector<float> hours = {0, 0, 0, 0, 5, 6, 7, 8};
  std::copy(hours.begin(), hours.end(), parameters.table(layout.first_context_table).data);
  const std::vector<float> vectors = {1, 0, 0, 0, 0, 1, 0, 0};
  UserTower tower(spec, layout, *backend);
  base::QueryBatch queries;
  queries.pools = {MakeBags({{0, 1}}, {{1, 0}}), MakeBags({{0, 1}}, {{0, 1}})};
  queries.context.rows = 1;
  queries.context.categorical = {MakeBags({{1}}, {{1}})};
  const std::vector<float> out =
      Download(*backend, tower.Forward(parameters, {vectors.data(), 2, 4}, queries, DropoutPlan()));
  EXPECT_EQ(out, (std::vector<float>{5.5F, 6.5F, 7, 8}));  // half of each pool at the start
}

}  // namespace
}  // namespace shortlist::model
