#include "served_model.h"

#include <algorithm>
#include <vector>

#include "data/split.h"
#include "model/item_rows.h"

namespace shortlist::tools {

TrainedModel ServedModel::Over(const data::Dataset& dataset, tensor::Backend& backend) const {
  std::vector<std::int32_t> rows;
  std::vector<std::int32_t> unseen;
  for (std::int32_t item = 0; item < dataset.items(); ++item) {
    const std::int32_t known = bundle_.FindItem(dataset.ItemId(item));
    const bool is_learned = known >= 0 && bundle_.IsLearned(known);
    rows.push_back(is_learned ? known : -1);
    if (!is_learned) unseen.push_back(item);
  }
  const model::TwoTower towers = model::TwoTower::Load(bundle_.model_directory(), backend);
  const model::ItemInputs added = {model::SelectRows(dataset.item_features(), unseen), {}};
  return {bundle_.model_directory(), towers.WithCatalog(rows, added), bundle_.repeat_file()};
}

std::int64_t ServedModel::NewestEvent() const {
  std::int64_t newest = 0;
  for (std::int32_t user = 0; user < bundle_.user_count(); ++user) {
    const auto times = bundle_.HistoryTimes(user);
    if (!times.empty()) newest = std::max(newest, times.back());
  }
  return newest;
}

std::int64_t ServedModel::TrainedUntil() const {
  const SplitSettings& split = settings().data.split;
  if (split.rule != SplitRule::kTime) return NewestEvent() + 1;
  return data::ParseSplitDates(data::DateSplit(split, NewestEvent())).test;
}

}  // namespace shortlist::tools
