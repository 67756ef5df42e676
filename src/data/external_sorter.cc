#include "data/external_sorter.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <utility>

#include "data/record_file.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBlockBytes = 1 << 18;
constexpr std::size_t kLeastBuffer = 1 << 16;
constexpr std::size_t kRecordsPerBucket = 4;
// How many records ahead of its use memory is asked for: about what it takes to come.
constexpr std::size_t kRecordsAhead = 16;

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
      most_in_memory_(std::clamp<std::size_t>(memory_bytes / (record_bytes + sizeof(Place)), 1,
                                              std::numeric_limits<std::uint32_t>::max())) {}

void ExternalSorter::Add(const std::byte* record) {
  if (in_memory_ == most_in_memory_) SpillMemory();
  if (in_memory_ % records_per_block_ == 0) {
    blocks_.emplace_back().reserve(std::min(records_per_block_, most_in_memory_) * record_bytes_);
  }
  blocks_.back().insert(blocks_.back().end(), record, record + record_bytes_);
  ++in_memory_;
}

template <class Visit>
void ExternalSorter::ForEachInMemory(Visit visit) const {
  for (const std::vector<std::byte>& block : blocks_) {
    for (std::size_t at = 0; at < block.size(); at += record_bytes_) visit(block.data() + at);
  }
}

// Records are dealt out by the leading word of their keys, which numbers and hashes spread evenly, and the few that
// share a bucket are sorted.
std::vector<ExternalSorter::Place> ExternalSorter::SortMemory() const {
  const Buckets buckets = MakeBuckets();
  std::vector<std::uint32_t> ends(buckets.count + 1, 0);
  ForEachInMemory([&](const std::byte* record) { ++ends[buckets.Of(key_(record)) + 1]; });
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Place> places(in_memory_);
  ForEachInMemory([&](const std::byte* record) {
    const SortKey key = key_(record);
    places[ends[buckets.Of(key)]++] = {key, record};
  });
  auto begin = places.begin();
  for (std::size_t bucket = 0; bucket < buckets.count; ++bucket) {
    const auto end = places.begin() + ends[bucket];
    std::sort(begin, end, [](const Place& a, const Place& b) { return a.key < b.key; });
    begin = end;
  }
  return places;
}

ExternalSorter::Buckets ExternalSorter::MakeBuckets() const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t most = 0;
  ForEachInMemory([&](const std::byte* record) {
    const std::uint64_t word = key_(record).front();
    least = std::min(least, word);
    most = std::max(most, word);
  });
  if (least > most) return {};
  const std::uint64_t wanted = in_memory_ / kRecordsPerBucket + 2;  // of words of all bits, a shift leaves one bit
  Buckets buckets{least, 0, 0};
  while ((most - least) >> buckets.shift >= wanted) ++buckets.shift;
  buckets.count = static_cast<std::size_t>((most - least) >> buckets.shift) + 1;
  return buckets;
}

template <class Visit>
void ExternalSorter::VisitSorted(Visit visit) const {
  const std::vector<Place> places = SortMemory();
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i + kRecordsAhead < places.size()) __builtin_prefetch(places[i + kRecordsAhead].record);
    visit(places[i].record);
  }
}

std::filesystem::path ExternalSorter::NextRun() {
  std::filesystem::path run = prefix_;
  run += "." + std::to_string(runs_written_++);
  return run;
}

void ExternalSorter::SpillMemory() {
  runs_.push_back(NextRun());
  RecordWriter writer(runs_.back(), record_bytes_, kBlockBytes);
  VisitSorted([&](const std::byte* record) { writer.Append(record); });
  writer.Close();
  blocks_.clear();
  in_memory_ = 0;
}

void ExternalSorter::Drain(const Visitor& visit) {
  if (runs_.empty()) {
    VisitSorted(visit);
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
