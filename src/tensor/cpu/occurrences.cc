#include "tensor/cpu/occurrences.h"

#include <array>
#include <bit>
#include <utility>

#include "tensor/cpu/bag_check.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr int kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;

// A table row in the high half, the place of one of its occurrences in the low half.
using Key = std::uint64_t;

std::int32_t IdOf(Key key) {
  return static_cast<std::int32_t>(key >> 32);
}

std::size_t PlaceOf(Key key) {
  return static_cast<std::uint32_t>(key);
}

// Every use of a table row with its weight, as the uses have them.
struct UnsortedOccurrences {
  std::vector<Key> keys;
  std::vector<WeightedRow> rows;
};

void Append(const SparseGradient& use, UnsortedOccurrences& all) {
  for (std::int64_t r = 0; r < use.bags.rows; ++r) {
    const float* gradient = use.grad.data + r * use.grad.columns;
    for (std::int64_t i = use.bags.offsets[r]; i < use.bags.offsets[r + 1]; ++i) {
      all.keys.push_back(static_cast<Key>(use.bags.ids[i]) << 32 | all.rows.size());
      all.rows.push_back({gradient, use.bags.weights[i]});
    }
  }
}

UnsortedOccurrences Collect(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  std::size_t count = 0;
  for (const SparseGradient& use : uses) count += static_cast<std::size_t>(use.bags.count);
  UnsortedOccurrences all;
  all.keys.reserve(count);
  all.rows.reserve(count);
  for (const SparseGradient& use : uses) {
    CheckBags(operation, use.bags, table_rows);
    Append(use, all);
  }
  return all;
}

void SortByDigit(const std::vector<Key>& source, int shift, std::vector<Key>& target) {
  std::array<std::size_t, kDigits> places{};
  for (const Key key : source) ++places[key >> shift & (kDigits - 1)];
  std::size_t next = 0;
  for (std::size_t& place : places) next += std::exchange(place, next);
  for (const Key key : source) target[places[key >> shift & (kDigits - 1)]++] = key;
}

void SortById(std::vector<Key>& keys, std::int64_t table_rows) {
  std::vector<Key> sorted(keys.size());
  const int end = 32 + std::bit_width(static_cast<std::uint64_t>(table_rows));
  for (int shift = 32; shift < end; shift += kDigitBits) {
    SortByDigit(keys, shift, sorted);
    std::swap(keys, sorted);
  }
}

}  // namespace

Occurrences GroupByTableRow(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  UnsortedOccurrences all = Collect(operation, uses, table_rows);
  SortById(all.keys, table_rows);
  Occurrences groups;
  groups.rows.reserve(all.keys.size());
  for (const Key key : all.keys) {
    if (groups.ids.empty() || groups.ids.back() != IdOf(key)) {
      groups.ids.push_back(IdOf(key));
      groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
    }
    groups.rows.push_back(all.rows[PlaceOf(key)]);
  }
  groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
  return groups;
}

}  // namespace shortlist::tensor::cpu
