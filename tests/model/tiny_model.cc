#include "model/tiny_model.h"

#include <cmath>

namespace shortlist::model {

base::Bags MakeBags(const std::vector<std::vector<std::int32_t>>& ids, const std::vector<std::vector<float>>& weights) {
  base::Bags bags;
  for (std::size_t r = 0; r < ids.size(); ++r) {
    for (std::size_t i = 0; i < ids[r].size(); ++i) bags.Append(ids[r][i], weights[r][i]);
    bags.EndRow();
  }
  return bags;
}

TwoTowerSpec PlainSpec() {
  TwoTowerSpec spec;
  spec.items = kTinyItems;
  spec.settings.dimension = 4;
  spec.settings.temperature = 0.5;
  spec.settings.user_hidden = {};
  spec.settings.dropout = 0;
  spec.settings.initial_deviation = 0.5;
  return spec;
}

ItemInputs PlainItems() {
  ItemInputs items;
  items.features.rows = kTinyItems;
  return items;
}

TwoTowerSpec FullSpec() {
  TwoTowerSpec spec = PlainSpec();
  spec.item_features = {{"category", 3}, {"words", 5}};
  spec.item_dense = 2;
  spec.context_features = {{"hour", 4}};
  spec.context_dense = 1;
  spec.settings.user_hidden = {6};
  spec.settings.item_hidden = {5, 3};
  spec.settings.history.pools.resize(2);
  spec.settings.learn_temperature = true;
  spec.settings.prior.kind = PriorKind::kPopularity;
  spec.settings.prior.weight = 0.3;
  spec.settings.prior.learned = true;
  return spec;
}

ItemInputs FullItems() {
  ItemInputs items = PlainItems();
  items.features.dense_width = 2;
  items.features.categorical = {MakeBags({{0}, {1}, {2}, {0}, {1}, {2}, {0}}, {{1}, {1}, {1}, {1}, {1}, {1}, {1}}),
                                MakeBags({{0, 4}, {1}, {2, 3, 4}, {}, {0}, {1, 2}, {3}},
                                         {{.5, .5}, {1}, {.3F, .3F, .4F}, {}, {1}, {.5, .5}, {1}})};
  for (std::int64_t i = 0; i < 2 * kTinyItems; ++i) {
    items.features.dense.push_back(std::sin(static_cast<float>(i)));
  }
  for (std::int64_t i = 0; i < kTinyItems; ++i) items.log_demand.push_back(std::log(static_cast<float>(i + 1)));
  return items;
}

TrainBatch PlainBatch() {
  TrainBatch batch;
  const std::vector<std::vector<std::int32_t>> histories = {{0, 2, 5}, {3, 3}, {}};
  batch.queries.pools = {MakeBags(histories, {{.2F, .3F, .5F}, {.6F, .4F}, {}})};
  batch.queries.context.rows = 3;
  batch.candidates = {1, 2, 4, 2, 6};
  batch.positives = {0, 1, 2};
  batch.log_q = {-.5F, -1, -1.5F, -1, -2};
  return batch;
}

TrainBatch FullBatch() {
  TrainBatch batch = PlainBatch();
  base::Bags second = batch.queries.pools.front();
  second.weights = {.4F, .4F, .2F, .1F, .9F};
  batch.queries.pools.push_back(second);
  batch.queries.context.dense_width = 1;
  batch.queries.context.categorical = {MakeBags({{1}, {3}, {0, 2}}, {{1}, {1}, {.5F, .5F}})};
  batch.queries.context.dense = {.7F, -.2F, .4F};
  batch.row_weights = {1, .5F, 2};
  for (const std::int32_t item : batch.candidates) batch.log_demand.push_back(FullItems().log_demand[item]);
  return batch;
}

std::vector<float> Download(tensor::Backend& backend, tensor::ConstMatrix values) {
  std::vector<float> host(static_cast<std::size_t>(values.size()));
  backend.Download(values.data, host.data(), host.size() * sizeof(float));
  backend.Synchronize();
  return host;
}

}  // namespace shortlist::model
