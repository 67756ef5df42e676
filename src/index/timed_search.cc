#include "index/timed_search.h"

#include <algorithm>

#include "base/stopwatch.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kSlices = 7;
constexpr std::int64_t kWarmUpShare = 8;
constexpr std::int64_t kQueriesPerTask = 16;

// Query numbers that are `slice` modulo the number of slices.
void AskSlice(const VectorIndex& index, const QuerySet& asked, std::int64_t slice, std::int64_t end) {
  for (std::int64_t q = slice; q < end; q += kSlices) index.Search(asked.Query(q), asked.k);
}

double SliceMicroseconds(const VectorIndex& index, const QuerySet& asked, std::int64_t slice) {
  AskSlice(index, asked, slice, asked.size() / kWarmUpShare);
  const base::CpuStopwatch asking = base::CpuStopwatch::OfThread();
  AskSlice(index, asked, slice, asked.size());
  const std::int64_t queries = (asked.size() - slice + kSlices - 1) / kSlices;
  return asking.seconds() * 1e6 / static_cast<double>(queries);
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

QuerySet QuerySet::EvenlySpaced(std::int64_t most) const {
  const std::int64_t count = size();
  const std::int64_t kept = std::min(most, count);
  QuerySet result{{}, width, k};
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto row = queries.begin() + i * count / kept * width;
    result.queries.insert(result.queries.end(), row, row + width);
  }
  return result;
}

Answers AskAll(const VectorIndex& index, const QuerySet& asked, base::ThreadPool& pool) {
  Answers answers(static_cast<std::size_t>(asked.size()));
  pool.ParallelFor(asked.size(), kQueriesPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t q = begin; q < end; ++q) {
      answers[static_cast<std::size_t>(q)] = index.Search(asked.Query(q), asked.k);
    }
  });
  return answers;
}

std::vector<double> TimeInTurns(std::span<const VectorIndex* const> indexes, const QuerySet& asked) {
  std::vector<std::vector<double>> slices(indexes.size());
  for (std::int64_t slice = 0; slice < std::min(kSlices, asked.size()); ++slice) {
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      slices[i].push_back(SliceMicroseconds(*indexes[i], asked, slice));
    }
  }
  std::vector<double> medians;
  std::ranges::transform(slices, std::back_inserter(medians), &Median);
  return medians;
}

}  // namespace shortlist::index
