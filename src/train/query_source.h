// Dataset events to model inputs: the histories and contexts of shoppers, for training examples and for evaluation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/query_batch.h"
#include "data/dataset.h"
#include "eval/recommender.h"
#include "features/history_encoder.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"

namespace shortlist::train {

// The spec and item inputs of a model for this dataset. log_demand counts the events of the parts before `until`
// (Part::kTest counts train and validation), in the window before the part's start for recent demand. Item inputs of a
// model that is solved for (IsClosedForm) are those of the settings of its spec.
model::TwoTowerSpec MakeSpec(const ModelSettings& settings, const data::Dataset& dataset);
model::ItemInputs MakeItemInputs(const ModelSettings& settings, const data::Dataset& dataset, data::Part until);

// A shopper's events in all parts before `part`, in time order.
struct ShopperHistory {
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> times;
};
ShopperHistory HistoryBefore(const data::Dataset& dataset, data::Part part, std::int64_t user);

// The vectors of `users` as they would be asked for at the start of `part`: history from all earlier parts, now = the
// time of the shopper's first event in the part (leave-one-out) or the part's start (time split), context of that
// event. Returns row-major [users.size(), model.vector_width()].
std::vector<float> EncodeShoppers(const model::TwoTower& model, const data::Dataset& dataset, data::Part part,
                                  std::span<const std::int64_t> users);

// The vectors of queries with the history and the time that each of them has; the context is that of the shopper's
// first event in `part` that is not earlier. Row-major [queries.size(), model.vector_width()].
std::vector<float> EncodeQueries(const model::TwoTower& model, const data::Dataset& dataset, data::Part part,
                                 std::span<const eval::Query> queries);

}  // namespace shortlist::train
