// Which embedding rows a step reads, each once, and what the ids of the batch become: rows of one matrix that holds all
// of them. First the replicated rows that any rank reads, in the order of the held table, so that this part is the same
// on all ranks; then those of each owner in turn, in the order of their first use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/step_exchange.h"
#include "train/row_placement.h"

namespace shortlist::train {

// On the host. A step calls Collect, AddReadElsewhere for every other rank, then Finish.
class RowRequests {
 public:
  explicit RowRequests(const RowPlacement& placement);

  // Forgets the step before.
  void Collect(std::span<const model::TableRead> reads);
  // Bit row % 32 of word row / 32 is set if this rank reads that replicated row.
  std::span<const std::uint32_t> replicated_bits() const { return bits_; }
  // What this rank asks of `owner`: rows of the owner's shard.
  const std::vector<std::int32_t>& AskedOf(int owner) const { return asked_[static_cast<std::size_t>(owner)]; }

  // The replicated rows that another rank reads.
  void AddReadElsewhere(std::span<const std::uint32_t> bits);
  // Replaces the ids that were collected.
  void Finish(std::span<const model::TableRead> reads);

  // The replicated rows that any rank reads, rising.
  const std::vector<std::int32_t>& replicated() const { return replicated_; }

 private:
  void CollectId(std::size_t table, std::int32_t id);
  void ListReplicated();
  std::int32_t NewId(std::size_t table, std::int32_t id) const;

  // Of an id that this step has asked an owner for.
  struct Asked {
    std::size_t table;
    std::int32_t id;
  };

  const RowPlacement* placement_;
  std::vector<std::vector<std::int32_t>> place_;  // [tables][rows], place in asked_[owner]; -1: not asked for
  std::vector<Asked> all_asked_;
  std::vector<std::vector<std::int32_t>> asked_;  // [ranks]
  std::vector<std::int64_t> asked_begin_;         // [ranks], row of each owner's first in the step's matrix
  std::vector<std::uint32_t> bits_;
  std::vector<std::uint32_t> any_bits_;
  std::vector<std::int32_t> rows_before_word_;  // replicated rows that any rank reads before each word
  std::vector<std::int32_t> replicated_;
};

}  // namespace shortlist::train
