// Where the rows of the embedding tables live in a job of several ranks.
//
// A replicated table is on every rank. A sharded one is divided by rows: row i belongs to rank i modulo the number of
// ranks, which spreads both the frequent and the rare whatever the order of the ids. The rows of a sharded table that
// are read most may be replicated besides (hybrid). Each rank keeps two tables: its replicated rows, table behind
// table, and its shard of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/held_rows.h"
#include "model/parameters.h"
#include "train/batch_share.h"

namespace shortlist::train {

enum class Placement { kReplicated, kSharded };

struct TablePlacement {
  Placement placement = Placement::kReplicated;
  std::vector<std::int32_t> frequent;  // of a sharded table: rows, rising, that every rank keeps
};

class RowPlacement {
 public:
  static constexpr std::size_t kReplicatedTable = 0;
  static constexpr std::size_t kShardedTable = 1;
  static constexpr std::int32_t kEverywhere = -1;

  // Where to find a row: its owner, or kEverywhere, and its row there in the held table.
  struct Place {
    std::int32_t owner = kEverywhere;
    std::int32_t row = 0;
  };

  // One placement for each of the model's tables.
  RowPlacement(const std::vector<model::TableShape>& tables, std::vector<TablePlacement> placements, RankOf of);

  // What this rank keeps.
  model::HeldRows Held() const;
  Place Of(std::size_t table, std::int32_t id) const;

  RankOf of() const { return of_; }
  const std::vector<model::TableShape>& tables() const { return tables_; }
  std::int64_t replicated_rows() const { return replicated_rows_; }
  std::int64_t ShardRows(int rank) const { return shard_rows_[static_cast<std::size_t>(rank)]; }

 private:
  // Rows of a table of `rows` rows that `rank` owns.
  std::int64_t OwnedRows(std::int64_t rows, int rank) const { return (rows - rank + of_.ranks - 1) / of_.ranks; }
  std::vector<model::RowRun> RunsOf(std::size_t table) const;

  std::vector<model::TableShape> tables_;
  std::vector<TablePlacement> placements_;
  RankOf of_;
  std::vector<std::int64_t> replicated_begin_;          // [tables], of the table's replicated rows
  std::vector<std::vector<std::int64_t>> shard_begin_;  // [tables][ranks], of the table's rows in each rank's shard
  std::int64_t replicated_rows_ = 0;
  std::vector<std::int64_t> shard_rows_;  // [ranks]
};

}  // namespace shortlist::train
