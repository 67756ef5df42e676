#include "train/row_placement.h"

#include <algorithm>
#include <utility>

namespace shortlist::train {

RowPlacement::RowPlacement(const std::vector<model::TableShape>& tables, std::vector<TablePlacement> placements,
                           RankOf of)
    : tables_(tables), placements_(std::move(placements)), of_(of), shard_rows_(static_cast<std::size_t>(of.ranks)) {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    replicated_begin_.push_back(replicated_rows_);
    shard_begin_.push_back(shard_rows_);
    if (placements_[t].placement == Placement::kReplicated) {
      replicated_rows_ += tables_[t].rows;
      continue;
    }
    replicated_rows_ += static_cast<std::int64_t>(placements_[t].frequent.size());
    for (int rank = 0; rank < of_.ranks; ++rank) {
      shard_rows_[static_cast<std::size_t>(rank)] += OwnedRows(tables_[t].rows, rank);
    }
  }
}

std::vector<model::RowRun> RowPlacement::RunsOf(std::size_t table) const {
  const std::int64_t rows = tables_[table].rows;
  const std::int64_t replicated = replicated_begin_[table];
  if (placements_[table].placement == Placement::kReplicated) {
    return {{.held = kReplicatedTable, .held_row = replicated, .rows = rows}};
  }
  std::vector<model::RowRun> runs = {{.held = kShardedTable,
                                      .held_row = shard_begin_[table][static_cast<std::size_t>(of_.rank)],
                                      .rows = OwnedRows(rows, of_.rank),
                                      .first = of_.rank,
                                      .stride = of_.ranks}};
  const std::vector<std::int32_t>& frequent = placements_[table].frequent;
  if (frequent.empty()) return runs;
  runs.push_back({.held = kReplicatedTable,
                  .held_row = replicated,
                  .rows = static_cast<std::int64_t>(frequent.size()),
                  .ids = frequent});
  return runs;
}

model::HeldRows RowPlacement::Held() const {
  model::HeldRows held;
  held.tables = {{"replicated", replicated_rows_}, {"sharded", ShardRows(of_.rank)}};
  for (std::size_t t = 0; t < tables_.size(); ++t) held.runs.push_back(RunsOf(t));
  return held;
}

RowPlacement::Place RowPlacement::Of(std::size_t table, std::int32_t id) const {
  const TablePlacement& placement = placements_[table];
  if (placement.placement == Placement::kReplicated) {
    return {kEverywhere, static_cast<std::int32_t>(replicated_begin_[table] + id)};
  }
  const auto frequent = std::ranges::lower_bound(placement.frequent, id);
  if (frequent != placement.frequent.end() && *frequent == id) {
    return {kEverywhere, static_cast<std::int32_t>(replicated_begin_[table] + (frequent - placement.frequent.begin()))};
  }
  const std::int32_t owner = id % of_.ranks;
  const std::int64_t begin = shard_begin_[table][static_cast<std::size_t>(owner)];
  return {owner, static_cast<std::int32_t>(begin + id / of_.ranks)};
}

}  // namespace shortlist::train
