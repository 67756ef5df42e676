// The same towers over another catalog.
#include <algorithm>
#include <utility>

#include "model/item_rows.h"
#include "model/two_tower.h"
#include "model/two_tower_state.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::Matrix;

// Rows of the item table; -1 for a row of zeros.
void CopyRows(tensor::Backend& backend, Matrix from, std::span<const std::int32_t> rows, Matrix to) {
  const auto width = static_cast<std::size_t>(from.columns);
  std::vector<float> table(static_cast<std::size_t>(from.size()));
  backend.Download(from.data, table.data(), table.size() * sizeof(float));
  backend.Synchronize();
  std::vector<float> chosen(rows.size() * width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0) continue;
    std::copy_n(&table[static_cast<std::size_t>(rows[i]) * width], width, &chosen[i * width]);
  }
  backend.Upload(chosen.data(), to.data, chosen.size() * sizeof(float));
  backend.Synchronize();
}

void Copy(tensor::Backend& backend, Matrix from, Matrix to) {
  backend.Copy(from.data, to.data, static_cast<std::size_t>(from.size()) * sizeof(float));
}

void AppendBags(const base::Bags& more, base::Bags& bags) {
  const auto before = static_cast<std::int64_t>(bags.ids.size());
  bags.ids.insert(bags.ids.end(), more.ids.begin(), more.ids.end());
  bags.weights.insert(bags.weights.end(), more.weights.begin(), more.weights.end());
  for (std::size_t row = 1; row < more.offsets.size(); ++row) bags.offsets.push_back(before + more.offsets[row]);
}

base::EncodedFeatures Both(base::EncodedFeatures features, const base::EncodedFeatures& more) {
  features.rows += more.rows;
  for (std::size_t f = 0; f < more.categorical.size(); ++f) AppendBags(more.categorical[f], features.categorical[f]);
  features.dense.insert(features.dense.end(), more.dense.begin(), more.dense.end());
  return features;
}

// Where each row of the new catalog stands if those that are added follow those that are there.
std::vector<std::int32_t> PlacesOf(std::span<const std::int32_t> rows, std::int64_t items, std::int64_t added) {
  std::vector<std::int32_t> places;
  places.reserve(rows.size());
  std::int64_t next = items;
  for (const std::int32_t row : rows) {
    const bool known = row >= -1 && row < items;
    if (!known) throw Error(Code::kInvalidArgument, "model: there is no item " + std::to_string(row));
    places.push_back(row >= 0 ? row : static_cast<std::int32_t>(next++));
  }
  if (next == items + added) return places;
  throw Error(Code::kInvalidArgument, "model: " + std::to_string(added) + " items are added and " +
                                          std::to_string(next - items) + " have a place");
}

// Without a number, an item that is added had no events.
std::vector<float> DemandOf(const std::vector<float>& there, const ItemInputs& added, std::int64_t width,
                            std::span<const std::int32_t> places) {
  std::vector<float> both = there;
  both.insert(both.end(), added.log_demand.begin(), added.log_demand.end());
  both.resize(there.size() + static_cast<std::size_t>(added.features.rows * width), 0.0F);
  std::vector<float> demand;
  demand.reserve(places.size() * static_cast<std::size_t>(width));
  for (const std::int32_t place : places) {
    const auto first = both.begin() + place * width;
    demand.insert(demand.end(), first, first + width);
  }
  return demand;
}

// Of item-item models the vectors are as wide as the catalog.
void RequireOwnDimension(ModelKind kind) {
  if (kind != ModelKind::kItemKnn && kind != ModelKind::kEase) return;
  throw Error(Code::kFailedPrecondition,
              "model: item_knn and ease hold one weight per pair of items, and take no other catalog in; train again "
              "with its events");
}

}  // namespace

TwoTower TwoTower::WithCatalog(std::span<const std::int32_t> rows, const ItemInputs& added) const {
  const State& before = *state_;
  RequireOwnDimension(before.spec.settings.kind);
  TwoTowerSpec spec = before.spec;
  spec.items = static_cast<std::int64_t>(rows.size());
  CheckFeatures("item features", spec.item_features, spec.item_dense, added.features, added.features.rows);
  const std::vector<std::int32_t> places = PlacesOf(rows, before.spec.items, added.features.rows);
  ItemInputs inputs{SelectRows(Both(before.items.features, added.features), places),
                    DemandOf(before.items.log_demand, added, DemandWidth(spec.settings.prior), places)};
  auto after = std::make_unique<State>(std::move(spec), std::move(inputs), *before.backend);
  CopyRows(*before.backend, before.parameters.table(0), rows, after->parameters.table(0));
  for (std::size_t table = 1; table < before.parameters.tables(); ++table) {
    Copy(*before.backend, before.parameters.table(table), after->parameters.table(table));
  }
  Copy(*before.backend, before.parameters.flat_dense(), after->parameters.flat_dense());
  after->Publish();
  return TwoTower(std::move(after));
}

}  // namespace shortlist::model
