#include "index/code_scan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <faiss/IndexIVFPQFastScan.h>

#include "tensor/cpu/code_sums.h"

namespace shortlist::index {
namespace {

using tensor::cpu::kCodeTableEntries;
using tensor::cpu::kVectorsPerCodeBlock;

constexpr float kLargestEntry = 255;
constexpr float kLargestSum = 65535;
constexpr std::int64_t kLine = 64;

std::int64_t Padded(std::int64_t vectors) {
  return (vectors + kVectorsPerCodeBlock - 1) / kVectorsPerCodeBlock * kVectorsPerCodeBlock;
}

// Inner products of the query's part with the 16 centroids of a code, and how far they are apart.
struct Part {
  std::array<float, kCodeTableEntries> products;
  float least = 0;
  float spread = 0;
};

Part ProductsOf(const float* query, const float* centroids, std::size_t width) {
  Part part{};
  for (std::size_t entry = 0; entry < part.products.size(); ++entry) {
    float product = 0;
    for (std::size_t i = 0; i < width; ++i) product += query[i] * centroids[entry * width + i];
    part.products[entry] = product;
  }
  const auto [least, largest] = std::ranges::minmax(part.products);
  part.least = least;
  part.spread = largest - least;
  return part;
}

// The most units per 1 with which no entry and no sum of entries overflows.
float UnitsFor(const std::vector<Part>& parts) {
  float largest = 0;
  float sum = 0;
  for (const Part& part : parts) {
    largest = std::max(largest, part.spread);
    sum += part.spread;
  }
  if (largest == 0) return 0;
  const auto rounding = static_cast<float>(parts.size());
  return std::min(kLargestEntry / largest, (kLargestSum - rounding) / sum);
}

// 0 for what is no number, which damaged centroids give.
std::uint8_t Rounded(float units) {
  const float rounded = units + 0.5F;
  return rounded >= 0 && rounded < kLargestEntry + 1 ? static_cast<std::uint8_t>(rounded) : std::uint8_t{0};
}

// Selects the best by counting how many estimates fall into each of a thousand ranges.
class Selection {
 public:
  void Count(std::span<const std::uint16_t> estimates) {
    for (const std::uint16_t estimate : estimates) ++counts_[estimate >> kShift];
  }

  // After all have been counted: keeps room for those in the ranges where the `count` best are.
  void Begin(std::int64_t count) {
    std::size_t range = counts_.size();
    std::size_t reached = 0;
    while (range > 0 && reached < static_cast<std::size_t>(count)) reached += counts_[--range];
    floor_ = static_cast<std::uint32_t>(range << kShift);
    keys_.resize(reached + 1);
  }

  // Writes every key and moves on only behind those to keep: whether an estimate is good enough cannot be predicted.
  void Offer(std::span<const std::uint16_t> estimates, const std::int64_t* ids) {
    for (std::size_t i = 0; i < estimates.size(); ++i) {
      keys_[kept_] = Key(estimates[i], ids[i]);
      kept_ += static_cast<std::size_t>(estimates[i] >= floor_);
    }
  }

  // The `most` best that are wanted of those that were kept.
  Candidates Take(const WantedIds& wanted, std::int64_t most) {
    keys_.resize(kept_);
    const auto passed_over = std::erase_if(keys_, [&](std::uint64_t key) { return !wanted.Contains(IdOf(key)); });
    if (keys_.size() > static_cast<std::size_t>(most)) {
      const auto end = keys_.begin() + static_cast<std::ptrdiff_t>(most);
      std::nth_element(keys_.begin(), end, keys_.end());
      keys_.erase(end, keys_.end());
    }
    Candidates best{std::vector<std::int32_t>(keys_.size()), static_cast<std::int64_t>(passed_over)};
    std::ranges::transform(keys_, best.ids.begin(), &IdOf);
    return best;
  }

 private:
  static constexpr unsigned kShift = 6;
  static constexpr std::size_t kRanges = std::size_t{1} << (16 - kShift);

  // The smaller, the better: by estimate, then by id.
  static std::uint64_t Key(std::uint16_t estimate, std::int64_t id) {
    return std::uint64_t{0xFFFFU - estimate} << 32 | static_cast<std::uint32_t>(id);
  }

  static std::int32_t IdOf(std::uint64_t key) { return static_cast<std::int32_t>(key); }

  std::array<std::uint32_t, kRanges> counts_{};
  std::uint32_t floor_ = 0;
  std::vector<std::uint64_t> keys_;
  std::size_t kept_ = 0;
};

}  // namespace

CodeScan::CodeScan(const faiss::IndexIVFPQFastScan& index, std::int64_t width)
    : index_(index), nearest_(index, width), codes_(static_cast<std::int64_t>(index.M2)) {
  for (std::size_t list = 0; list < index.nlist; ++list) {
    lists_.push_back({index.invlists->get_codes(list), index.invlists->get_ids(list),
                      static_cast<std::int64_t>(index.invlists->list_size(list))});
  }
}

std::vector<std::uint8_t> CodeScan::TableOf(std::span<const float> query) const {
  std::vector<float> padded(static_cast<std::size_t>(index_.d));
  std::ranges::copy(query, padded.begin());
  const std::size_t width = index_.pq.dsub;
  std::vector<Part> parts;
  parts.reserve(index_.pq.M);
  for (std::size_t code = 0; code < index_.pq.M; ++code) {
    parts.push_back(ProductsOf(&padded[code * width], index_.pq.get_centroids(code, 0), width));
  }
  const float units = UnitsFor(parts);
  std::vector<std::uint8_t> table(static_cast<std::size_t>(codes_ * kCodeTableEntries));
  auto entry = table.begin();
  for (const Part& part : parts) {
    for (const float product : part.products) *entry++ = Rounded((product - part.least) * units);
  }
  return table;
}

std::vector<CodeScan::List> CodeScan::ListsNear(std::span<const float> query, std::int64_t probes) const {
  std::vector<List> near;
  near.reserve(static_cast<std::size_t>(std::min(probes, static_cast<std::int64_t>(lists_.size()))));
  for (const Neighbor& list : nearest_.Find(query, probes)) near.push_back(lists_[static_cast<std::size_t>(list.id)]);
  return near;
}

std::size_t CodeScan::EstimatesOf(const std::vector<List>& lists) {
  std::int64_t estimates = 0;
  for (const List& list : lists) estimates += Padded(list.size);
  return static_cast<std::size_t>(estimates);
}

std::span<const std::uint16_t> CodeScan::AppendEstimates(const std::vector<std::uint8_t>& table, const List& list,
                                                         std::vector<std::uint16_t>& estimates) const {
  const std::int64_t block_bytes = kVectorsPerCodeBlock * codes_ / 2;
  const std::size_t before = estimates.size();
  estimates.resize(before + static_cast<std::size_t>(Padded(list.size)));
  std::uint16_t* const first = estimates.data() + before;
  for (std::int64_t vector = 0; vector < list.size; vector += kVectorsPerCodeBlock) {
    tensor::cpu::SumCodeEntries(table.data(), list.blocks + vector / kVectorsPerCodeBlock * block_bytes, codes_,
                                first + vector);
  }
  return {first, static_cast<std::size_t>(list.size)};
}

void CodeScan::Fetch(const List& list) const {
  const std::int64_t bytes = Padded(list.size) * codes_ / 2;
  for (std::int64_t i = 0; i < bytes; i += kLine) __builtin_prefetch(list.blocks + i);
  const auto* ids = reinterpret_cast<const std::uint8_t*>(list.ids);
  for (std::int64_t i = 0; i < 8 * list.size; i += kLine) __builtin_prefetch(ids + i);
}

Candidates CodeScan::Best(const Query& query, std::int64_t probes, std::int64_t count, std::int64_t unwanted) const {
  const std::vector<List> visited = ListsNear(query.vector, probes);
  if (!visited.empty()) Fetch(visited.front());
  const std::vector<std::uint8_t> table = TableOf(query.vector);
  std::vector<std::uint16_t> estimates;
  estimates.reserve(EstimatesOf(visited));
  Selection selection;
  for (std::size_t i = 0; i < visited.size(); ++i) {
    if (i + 1 < visited.size()) Fetch(visited[i + 1]);
    selection.Count(AppendEstimates(table, visited[i], estimates));
  }
  selection.Begin(count + unwanted);
  std::size_t place = 0;
  for (const List& list : visited) {
    selection.Offer(std::span(estimates).subspan(place, static_cast<std::size_t>(list.size)), list.ids);
    place += static_cast<std::size_t>(Padded(list.size));
  }
  return selection.Take(WantedIds(query), count);
}

}  // namespace shortlist::index
