#include "data/external_sorter.h"

#include <algorithm>
#include <queue>
#include <string>
#include <utility>

#include "data/record_file.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBlockBytes = 1 << 18;
constexpr std::size_t kLeastBuffer = 1 << 16;

// The front of one run during a merge; the queue hands out the least key first.
struct Front {
  SortKey key;
  const std::byte* record;
  RecordReader* run;

  bool operator<(const Front& other) const { return key > other.key; }
};

}  // namespace

ExternalSorter::ExternalSorter(std::filesystem::path prefix, std::size_t record_bytes, KeyOf key,
                               std::size_t memory_bytes)
    : prefix_(std::move(prefix)),
      record_bytes_(record_bytes),
      key_(key),
      memory_bytes_(memory_bytes),
      records_per_block_(std::max<std::size_t>(1, kBlockBytes / record_bytes)),
      most_in_memory_(std::max<std::size_t>(1, memory_bytes / (record_bytes + sizeof(Place)))) {}

void ExternalSorter::Add(const std::byte* record) {
  if (in_memory_ == most_in_memory_) SpillMemory();
  if (in_memory_ % records_per_block_ == 0) {
    blocks_.emplace_back().reserve(std::min(records_per_block_, most_in_memory_) * record_bytes_);
  }
  blocks_.back().insert(blocks_.back().end(), record, record + record_bytes_);
  ++in_memory_;
}

std::vector<ExternalSorter::Place> ExternalSorter::SortMemory() const {
  std::vector<Place> places;
  places.reserve(in_memory_);
  for (const std::vector<std::byte>& block : blocks_) {
    for (std::size_t at = 0; at < block.size(); at += record_bytes_) {
      places.push_back({key_(block.data() + at), block.data() + at});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.key < b.key; });
  return places;
}

std::filesystem::path ExternalSorter::NextRun() {
  std::filesystem::path run = prefix_;
  run += "." + std::to_string(runs_written_++);
  return run;
}

void ExternalSorter::SpillMemory() {
  runs_.push_back(NextRun());
  RecordWriter writer(runs_.back(), record_bytes_, kBlockBytes);
  for (const Place& place : SortMemory()) writer.Append(place.record);
  writer.Close();
  blocks_.clear();
  in_memory_ = 0;
}

void ExternalSorter::Drain(const Visitor& visit) {
  if (runs_.empty()) {
    for (const Place& place : SortMemory()) visit(place.record);
    blocks_.clear();
    return;
  }
  if (in_memory_ > 0) SpillMemory();
  const std::size_t most_at_once = std::max<std::size_t>(2, memory_bytes_ / kLeastBuffer);
  while (runs_.size() > most_at_once) {
    const auto end = runs_.begin() + static_cast<std::ptrdiff_t>(most_at_once);
    const std::vector<std::filesystem::path> first(runs_.begin(), end);
    runs_.erase(runs_.begin(), end);
    MergeIntoRun(first);
  }
  Merge(runs_, visit);
  runs_.clear();
}

void ExternalSorter::MergeIntoRun(const std::vector<std::filesystem::path>& runs) {
  const std::filesystem::path merged = NextRun();
  RecordWriter writer(merged, record_bytes_, kBlockBytes);
  Merge(runs, [&](const std::byte* record) { writer.Append(record); });
  writer.Close();
  runs_.push_back(merged);
}

void ExternalSorter::Merge(const std::vector<std::filesystem::path>& runs, const Visitor& visit) const {
  const std::size_t buffer = std::max(kLeastBuffer, std::min(kBlockBytes, memory_bytes_ / runs.size()));
  std::vector<std::unique_ptr<RecordReader>> readers;
  std::priority_queue<Front> fronts;
  const auto advance = [&](RecordReader* run) {
    if (const std::byte* record = run->Next()) fronts.push({key_(record), record, run});
  };
  for (const std::filesystem::path& run : runs) {
    readers.push_back(std::make_unique<RecordReader>(run, record_bytes_, buffer));
    advance(readers.back().get());
  }
  while (!fronts.empty()) {
    const Front least = fronts.top();
    fronts.pop();
    visit(least.record);
    advance(least.run);
  }
  readers.clear();
  for (const std::filesystem::path& run : runs) std::filesystem::remove(run);
}

}  // namespace shortlist::data
