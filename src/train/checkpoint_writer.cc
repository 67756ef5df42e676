#include "train/checkpoint_writer.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/manifest.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kBetweenLooks(5);

fs::path NoteOf(const fs::path& directory, int rank) {
  return directory / ("part-" + std::to_string(rank) + ".json");
}

}  // namespace

CheckpointWriter::CheckpointWriter(fs::path last, fs::path best, const Lineage& lineage, RankGroup& group)
    : last_(std::move(last)), best_(std::move(best)), lineage_(&lineage), group_(&group) {}

CheckpointWriter::~CheckpointWriter() {
  abandoned_ = true;
  if (thread_.joinable()) thread_.join();
}

void CheckpointWriter::Write(model::TrainerSnapshot snapshot, Position position, Merit merit,
                             std::optional<FoundNegatives> hard) {
  WaitForOwnPart();
  group_->Meet();
  WaitForThread();
  std::unique_ptr<base::AtomicDirectory> owned;
  if (group_->leads()) owned = std::make_unique<base::AtomicDirectory>(last_);
  const std::string directory = group_->Share(owned ? owned->path().string() : std::string());
  part_written_ = false;
  thread_ = std::thread([this, task = Task{std::move(snapshot), std::move(position), merit, std::move(hard), directory,
                                           std::move(owned)}]() mutable { Run(std::move(task)); });
}

void CheckpointWriter::Finish() {
  WaitForOwnPart();
  group_->Meet();
  WaitForThread();
  group_->Meet();
}

void CheckpointWriter::Run(Task task) {
  std::exception_ptr failure;
  try {
    WritePart(task);
    {
      const std::lock_guard lock(mutex_);
      part_written_ = true;
    }
    changed_.notify_all();
    if (task.owned) Complete(task);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  part_written_ = true;
  changed_.notify_all();
}

void CheckpointWriter::WritePart(const Task& task) {
  task.snapshot.WriteModel(ModelOf(task.directory));
  task.snapshot.WriteState(OptimizerStateOf(task.directory));
  if (task.owned && task.hard) WriteFoundNegatives(*task.hard, HardNegativesOf(task.directory));
  if (task.owned) return;
  WritePartNote(NoteOf(task.directory, group_->of().rank), task.directory,
                task.snapshot.Files(ModelOf(task.directory), OptimizerStateOf(task.directory)));
}

void CheckpointWriter::WaitForParts(const fs::path& directory) const {
  for (int rank = 1; rank < group_->of().ranks; ++rank) {
    while (!abandoned_ && !fs::exists(NoteOf(directory, rank))) std::this_thread::sleep_for(kBetweenLooks);
  }
}

void CheckpointWriter::Complete(Task& task) {
  WaitForParts(task.directory);
  if (abandoned_) return;
  std::vector<base::FileEntry> elsewhere;
  for (int rank = 1; rank < group_->of().ranks; ++rank) {
    TakePartNote(NoteOf(task.directory, rank), elsewhere);
  }
  CompleteCheckpoint(*task.owned, *lineage_, task.position, std::move(elsewhere));
  if (!std::exchange(keep_best_, true)) base::RemoveDirectory(best_);
  if (task.merit == Merit::kBest) CopyCheckpoint(last_, best_);
}

void CheckpointWriter::WaitForOwnPart() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return part_written_; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void CheckpointWriter::WaitForThread() {
  if (thread_.joinable()) thread_.join();
  WaitForOwnPart();
}

}  // namespace shortlist::train
