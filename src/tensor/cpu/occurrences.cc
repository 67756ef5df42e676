#include "tensor/cpu/occurrences.h"

#include <array>
#include <bit>

#include "tensor/cpu/bag_check.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr int kDigitBits = 11;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;

struct Occurrence {
  std::int32_t id;
  WeightedRow row;
};

std::vector<Occurrence> Collect(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  std::size_t count = 0;
  for (const SparseGradient& use : uses) count += static_cast<std::size_t>(use.bags.count);
  std::vector<Occurrence> occurrences;
  occurrences.reserve(count);
  for (const SparseGradient& use : uses) {
    CheckBags(operation, use.bags, table_rows);
    for (std::int64_t r = 0; r < use.bags.rows; ++r) {
      const float* gradient = use.grad.data + r * use.grad.columns;
      for (std::int64_t i = use.bags.offsets[r]; i < use.bags.offsets[r + 1]; ++i) {
        occurrences.push_back({use.bags.ids[i], {gradient, use.bags.weights[i]}});
      }
    }
  }
  return occurrences;
}

void SortByDigit(const std::vector<Occurrence>& source, int shift, std::vector<Occurrence>& target) {
  std::array<std::size_t, kDigits> places{};
  const auto digit = [shift](const Occurrence& occurrence) {
    return (static_cast<std::uint32_t>(occurrence.id) >> shift) & (kDigits - 1);
  };
  for (const Occurrence& occurrence : source) ++places[digit(occurrence)];
  std::size_t next = 0;
  for (std::size_t& place : places) next += std::exchange(place, next);
  for (const Occurrence& occurrence : source) target[places[digit(occurrence)]++] = occurrence;
}

void SortById(std::vector<Occurrence>& occurrences, std::int64_t table_rows) {
  std::vector<Occurrence> sorted(occurrences.size());
  const int bits = std::bit_width(static_cast<std::uint64_t>(table_rows));
  for (int shift = 0; shift < bits; shift += kDigitBits) {
    SortByDigit(occurrences, shift, sorted);
    std::swap(occurrences, sorted);
  }
}

}  // namespace

Occurrences GroupByTableRow(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows) {
  std::vector<Occurrence> sorted = Collect(operation, uses, table_rows);
  SortById(sorted, table_rows);
  Occurrences groups;
  groups.rows.reserve(sorted.size());
  for (const Occurrence& occurrence : sorted) {
    if (groups.ids.empty() || groups.ids.back() != occurrence.id) {
      groups.ids.push_back(occurrence.id);
      groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
    }
    groups.rows.push_back(occurrence.row);
  }
  groups.begins.push_back(static_cast<std::int64_t>(groups.rows.size()));
  return groups;
}

}  // namespace shortlist::tensor::cpu
