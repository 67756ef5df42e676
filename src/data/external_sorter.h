// Sorts more records than fit into memory: sorted runs go to disk and are merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "data/event.h"

namespace shortlist::data {

// Keys must differ between any two records. Not thread-safe.
class ExternalSorter {
 public:
  using KeyOf = SortKey (*)(const std::byte* record);
  using Visitor = std::function<void(const std::byte* record)>;

  // Runs are files "<prefix>.<number>", removed as they are merged. Uses about `memory_bytes`, but at least what a few
  // records and buffers take.
  ExternalSorter(std::filesystem::path prefix, std::size_t record_bytes, KeyOf key, std::size_t memory_bytes);

  void Add(const std::byte* record);
  // Hands out all records in order of their keys. Call once, at the end.
  void Drain(const Visitor& visit);

  std::size_t runs_written() const { return runs_written_; }

 private:
  struct Place {
    SortKey key;
    const std::byte* record;
  };

  // Of the leading words of keys: equal spans of them, in their order.
  struct Buckets {
    std::uint64_t least = 0;
    int shift = 0;
    std::size_t count = 0;
    std::size_t Of(const SortKey& key) const { return static_cast<std::size_t>((key.front() - least) >> shift); }
  };

  template <class Visit>
  void ForEachInMemory(Visit visit) const;
  template <class Visit>
  void VisitSorted(Visit visit) const;
  Buckets MakeBuckets() const;
  std::vector<Place> SortMemory() const;
  void SpillMemory();
  std::filesystem::path NextRun();
  void Merge(const std::vector<std::filesystem::path>& runs, const Visitor& visit) const;
  void MergeIntoRun(const std::vector<std::filesystem::path>& runs);

  std::filesystem::path prefix_;
  std::size_t record_bytes_;
  KeyOf key_;
  std::size_t memory_bytes_;
  std::size_t records_per_block_;
  std::size_t most_in_memory_;
  std::vector<std::vector<std::byte>> blocks_;
  std::size_t in_memory_ = 0;
  std::vector<std::filesystem::path> runs_;
  std::size_t runs_written_ = 0;
};

}  // namespace shortlist::data
