// Checkpoints on disk; docs/formats.md describes their files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/manifest.h"
#include "data/dataset.h"
#include "shortlist/settings.h"
#include "train/trainer.h"

namespace shortlist::train {

// How far training has come, between two batches. With (seed, epoch, batch) fixing what comes next, it is all that a
// resumed run needs besides the model and the optimizer's state.
struct Position {
  std::int64_t epoch = 0;
  std::int64_t batch = 0;  // next batch of the epoch
  std::int64_t steps = 0;
  // Of the epoch so far.
  double loss_sum = 0;
  std::int64_t examples = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  // Of the run so far.
  double run_seconds = 0;
  double best_metric = -std::numeric_limits<double>::infinity();
  std::int64_t best_epoch = -1;  // none
  std::vector<EpochReport> epochs;
};

// What a checkpoint belongs to: settings and data that decide what a training step computes. How long to train, how
// often to save, on how many ranks and where those keep their rows are not part of it.
class Lineage {
 public:
  Lineage(const Settings& settings, const data::Dataset& dataset);
  // From the text of a checkpoint.json.
  explicit Lineage(const std::string& checkpoint_json);

  // JSON.
  const std::string& text() const { return text_; }
  std::string DatasetDigest() const;
  // Names the first setting that differs, with both values; empty if none does.
  std::string DifferenceFrom(const Lineage& other) const;

 private:
  std::string text_;
};

// Puts a checkpoint in place that has all but its position and manifest. Files that other ranks wrote are in
// `elsewhere`, with their digests; all others below the directory are looked at.
void CompleteCheckpoint(base::AtomicDirectory& directory, const Lineage& lineage, const Position& position,
                        std::vector<base::FileEntry> elsewhere);

// A note for the rank that completes the checkpoint: the files that this rank has written below `directory`.
void WritePartNote(const std::filesystem::path& note, const std::filesystem::path& directory,
                   const std::vector<std::filesystem::path>& files);
// Appends a note's files, and removes it.
void TakePartNote(const std::filesystem::path& note, std::vector<base::FileEntry>& files);

// Makes `target` a copy of the checkpoint `source`, atomically.
void CopyCheckpoint(const std::filesystem::path& source, const std::filesystem::path& target);

// Verifies every byte of a checkpoint. Throws Error{kNotFound} if there is none, Error{kDataLoss} naming the file that
// is missing or damaged, and Error{kFailedPrecondition} for a format version that this program does not know. Returns
// the lineage.
Lineage VerifyCheckpoint(const std::filesystem::path& checkpoint);

// As VerifyCheckpoint, but for the manifest alone.
Lineage ReadLineage(const std::filesystem::path& checkpoint);

// Of a verified checkpoint.
Position ReadPosition(const std::filesystem::path& checkpoint);
std::filesystem::path ModelOf(const std::filesystem::path& checkpoint);
std::filesystem::path OptimizerStateOf(const std::filesystem::path& checkpoint);
// There in a checkpoint that was written between two searches.
std::filesystem::path HardNegativesOf(const std::filesystem::path& checkpoint);

}  // namespace shortlist::train
