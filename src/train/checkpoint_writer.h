// Writes checkpoints while training goes on.
//
// A checkpoint is taken over as a snapshot in host memory. Each rank's thread writes the rank's part into one temporary
// directory; the leading rank's then lists all parts in the manifest and renames the directory into place. Ranks find
// each other's parts through the file system, which they share, so that no thread but the training loop's uses the
// communicator. A kill at any instant leaves the checkpoint before or the new one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "model/two_tower_trainer.h"
#include "train/checkpoint.h"
#include "train/hard_negatives.h"
#include "train/rank_group.h"

namespace shortlist::train {

enum class Merit { kOrdinary, kBest };

// Every rank calls the same operations in the same order. Lineage and group must outlive it, and the trainer whose
// snapshots it writes.
class CheckpointWriter {
 public:
  // `last` is replaced by every checkpoint, `best` by a copy of those of merit. The first checkpoint removes a best one
  // that another run left, unless `KeepBest` is called.
  CheckpointWriter(std::filesystem::path last, std::filesystem::path best, const Lineage& lineage, RankGroup& group);
  // Gives up what is not yet in place.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  void KeepBest() { keep_best_ = true; }

  // Returns when the checkpoint before is in place and this one's writing has begun. Throws what went wrong with the
  // one before. `hard`, if any, are the hard negatives that following batches need.
  void Write(model::TrainerSnapshot snapshot, Position position, Merit merit, std::optional<FoundNegatives> hard = {});
  // Returns when all checkpoints are in place, on every rank.
  void Finish();

 private:
  // What the thread works on.
  struct Task {
    model::TrainerSnapshot snapshot;
    Position position;
    Merit merit;
    std::optional<FoundNegatives> hard;
    std::filesystem::path directory;
    std::unique_ptr<base::AtomicDirectory> owned;  // on the leading rank
  };

  void Run(Task task);
  void WritePart(const Task& task);
  void Complete(Task& task);
  void WaitForParts(const std::filesystem::path& directory) const;
  // Until the thread has written this rank's part; rethrows its failure.
  void WaitForOwnPart();
  void WaitForThread();

  std::filesystem::path last_;
  std::filesystem::path best_;
  const Lineage* lineage_;
  RankGroup* group_;
  bool keep_best_ = false;

  std::atomic<bool> abandoned_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool part_written_ = true;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace shortlist::train
