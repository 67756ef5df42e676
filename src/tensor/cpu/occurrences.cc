#include "tensor/cpu/occurrences.h"

#include <array>
#include <bit>
#include <utility>

#include "tensor/cpu/bag_check.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr int kLargestDigitBits = 11;

// One use of a table row.
struct Occurrence {
  const float* gradient;
  float weight;
  std::int32_t id;
};

Occurrence* Append(const SparseGradient& use, Occurrence* next) {
  for (std::int64_t r = 0; r < use.bags.rows; ++r) {
    const float* gradient = use.grad.data + r * use.grad.columns;
    for (std::int64_t i = use.bags.offsets[r]; i < use.bags.offsets[r + 1]; ++i) {
      *next++ = {gradient, use.bags.weights[i], use.bags.ids[i]};
    }
  }
  return next;
}

std::vector<Occurrence> Collect(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  std::size_t count = 0;
  for (const SparseGradient& use : uses) {
    CheckBags(operation, use.bags, table_rows);
    count += static_cast<std::size_t>(use.bags.count);
  }
  std::vector<Occurrence> all(count);
  Occurrence* next = all.data();
  for (const SparseGradient& use : uses) next = Append(use, next);
  return all;
}

// The bits of an id from `shift` on.
struct Digit {
  std::size_t Of(const Occurrence& occurrence) const {
    return static_cast<std::size_t>(occurrence.id >> shift & ((1 << bits) - 1));
  }

  int shift;
  int bits;
};

void SortByDigit(const std::vector<Occurrence>& source, const Digit& digit, std::vector<Occurrence>& target) {
  std::array<std::size_t, std::size_t{1} << kLargestDigitBits> places{};
  for (const Occurrence& occurrence : source) ++places[digit.Of(occurrence)];
  std::size_t next = 0;
  for (std::size_t& place : places) next += std::exchange(place, next);
  for (const Occurrence& occurrence : source) target[places[digit.Of(occurrence)]++] = occurrence;
}

// As few passes as there can be, and of digits as small as that allows: the fewer places are written to in turns, the
// more of them stay in the cache.
void SortById(std::vector<Occurrence>& occurrences, std::int64_t table_rows) {
  const int bits = std::bit_width(static_cast<std::uint64_t>(table_rows - 1));
  const int passes = (bits + kLargestDigitBits - 1) / kLargestDigitBits;
  std::vector<Occurrence> sorted(occurrences.size());
  for (int pass = 0; pass < passes; ++pass) {
    const int shift = bits * pass / passes;
    SortByDigit(occurrences, {shift, bits * (pass + 1) / passes - shift}, sorted);
    std::swap(occurrences, sorted);
  }
}

}  // namespace

Occurrences GroupByTableRow(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  std::vector<Occurrence> all = Collect(operation, uses, table_rows);
  if (!all.empty()) SortById(all, table_rows);
  Occurrences groups;
  groups.rows.reserve(all.size());
  for (const Occurrence& occurrence : all) {
    if (groups.ids.empty() || groups.ids.back() != occurrence.id) {
      groups.ids.push_back(occurrence.id);
      groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
    }
    groups.rows.push_back({occurrence.gradient, occurrence.weight});
  }
  groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
  return groups;
}

}  // namespace shortlist::tensor::cpu
