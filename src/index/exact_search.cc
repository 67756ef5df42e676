#include "index/exact_search.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::index {
namespace {

// Offers vectors to a collection, some at a time, whose rows are on their way from memory while those before them are
// scored.
class Scorer {
 public:
  Scorer(const VectorTable& vectors, const float* query, std::int64_t k)
      : vectors_(vectors), query_(query), best_(std::min(k, vectors.size())) {}

  void Add(std::int32_t id) {
    vectors_.Fetch(id);
    Some& some = *fetched_;
    some.ids[some.count] = id;
    some.rows[some.count] = vectors_.Row(id);
    if (++some.count == kTogether) {
      std::swap(fetched_, ready_);
      Score(*fetched_);
    }
  }

  std::vector<Neighbor> Take() {
    Score(*ready_);
    Score(*fetched_);
    return best_.Take();
  }

 private:
  static constexpr std::size_t kTogether = 16;

  struct Some {
    std::array<std::int32_t, kTogether> ids{};
    std::array<const void*, kTogether> rows{};
    std::size_t count = 0;
  };

  // Leaves none.
  void Score(Some& some) {
    std::array<float, kTogether> scores{};
    vectors_.ScoreRows(query_, std::span(some.rows).first(some.count), scores.data());
    for (std::size_t i = 0; i < some.count; ++i) best_.Offer({some.ids[i], scores[i]});
    some.count = 0;
  }

  const VectorTable& vectors_;
  const float* query_;
  BestNeighbors best_;
  std::array<Some, 2> some_;
  Some* fetched_ = &some_[0];
  Some* ready_ = &some_[1];
};

}  // namespace

const void* VectorTable::Row(std::int32_t id) const {
  const auto place = static_cast<std::size_t>(id);
  if (bytes.rows.empty()) return rows[place];
  return bytes.rows[place];
}

std::vector<float> VectorTable::Vector(std::int32_t id) const {
  const auto place = static_cast<std::size_t>(id);
  if (bytes.rows.empty()) return {rows[place], rows[place] + width};
  std::vector<float> vector(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < vector.size(); ++i) {
    vector[i] = bytes.base[i] + bytes.step[i] * static_cast<float>(bytes.rows[place][i]);
  }
  return vector;
}

float VectorTable::Score(const float* query, std::int32_t id) const {
  const void* row = Row(id);
  float score = 0;
  ScoreRows(query, {&row, 1}, &score);
  return score;
}

void VectorTable::ScoreRows(const float* query, std::span<const void* const> some, float* scores) const {
  const auto count = static_cast<std::int64_t>(some.size());
  if (bytes.rows.empty()) {
    tensor::cpu::DotRows(query, some.data(), count, width, scores);
  } else {
    tensor::cpu::DotByteRows(query, {bytes.base.data(), bytes.step.data()}, some.data(), count, width, scores);
  }
}

void VectorTable::FetchPlace(std::int32_t id) const {
  const auto place = static_cast<std::size_t>(id);
  if (bytes.rows.empty()) {
    __builtin_prefetch(&rows[place]);
  } else {
    __builtin_prefetch(&bytes.rows[place]);
  }
}

void VectorTable::Fetch(std::int32_t id) const {
  constexpr std::int64_t kLine = 64;
  const char* row = static_cast<const char*>(Row(id));
  const std::int64_t length = bytes.rows.empty() ? width * static_cast<std::int64_t>(sizeof(float)) : width;
  for (std::int64_t first = 0; first < length; first += kLine) __builtin_prefetch(row + first);
  __builtin_prefetch(row + length - 1);
}

VectorTable TableOf(std::span<const float> vectors, std::int64_t width) {
  VectorTable table{{}, width};
  table.rows.reserve(vectors.size() / static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < vectors.size(); i += static_cast<std::size_t>(width)) table.rows.push_back(&vectors[i]);
  return table;
}

std::vector<Neighbor> SearchExactly(const VectorTable& vectors, const float* query, std::int64_t k,
                                    std::span<const std::int32_t> excluded) {
  Scorer scorer(vectors, query, k);
  auto next_excluded = std::lower_bound(excluded.begin(), excluded.end(), 0);
  for (std::int32_t id = 0; id < vectors.size(); ++id) {
    if (next_excluded != excluded.end() && *next_excluded == id) {
      ++next_excluded;
    } else {
      scorer.Add(id);
    }
  }
  return scorer.Take();
}

std::vector<Neighbor> SearchExactlyAmong(const VectorTable& vectors, const float* query, std::int64_t k,
                                         std::span<const std::int32_t> ids) {
  Scorer scorer(vectors, query, std::min(k, static_cast<std::int64_t>(ids.size())));
  for (const std::int32_t id : ids) scorer.Add(id);
  return scorer.Take();
}

}  // namespace shortlist::index
