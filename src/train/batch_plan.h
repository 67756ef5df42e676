// Which examples form which batch of an epoch: a function of seed and epoch, so a run resumes from a number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shortlist/settings/train.h"
#include "train/random_sequence.h"

namespace shortlist::train {

// No batch is larger than asked for, and every example is in one batch of an epoch.
//
// Shuffled: a random permutation, cut into batches that differ in size by one at the most. Time-coherent: examples in
// the order of time, cut, and the batches shuffled; the cuts move by a random part of a batch from epoch to epoch, so
// that neighbors change, and the first and the last batch of time may be small. By shopper: the shoppers in random
// order, each with its examples in the order of the log, and cut as if shuffled.
class BatchPlan {
 public:
  // times[e] and users[e] are those of example e; users do not fall.
  BatchPlan(std::span<const std::int64_t> times, std::span<const std::int32_t> users, BatchOrder order,
            std::int64_t batch_size, std::uint64_t seed);

  void StartEpoch(std::int64_t epoch);

  std::int64_t batches() const { return static_cast<std::int64_t>(ranges_.size()); }
  // Examples of batch `index` of the epoch; lives until the next StartEpoch.
  std::span<const std::int64_t> Batch(std::int64_t index) const;

 private:
  // Examples [begin, end) in the order of the epoch.
  struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };

  // The examples, those of a shopper together.
  void ShuffleShoppers(RandomSequence& random);
  void CutEvenly();
  void CutFrom(std::int64_t first_cut);

  BatchOrder order_;
  std::int64_t batch_size_;
  std::uint64_t seed_;
  std::vector<std::int64_t> sorted_;  // by time, or by number
  std::vector<Range> shoppers_;       // of the examples by number
  std::vector<std::int64_t> examples_;
  std::vector<Range> ranges_;
};

}  // namespace shortlist::train
