#include "index/recall.h"

#include <algorithm>
#include <cmath>

#include "index/batched_scan.h"

namespace shortlist::index {
namespace {

constexpr double kNormalQuantile = 1.959964;

double QueryRecall(const std::vector<Neighbor>& exact, const std::vector<Neighbor>& given) {
  const auto hits = std::count_if(given.begin(), given.end(), [&](const Neighbor& neighbor) {
    return std::any_of(exact.begin(), exact.end(), [&](const Neighbor& truth) { return truth.id == neighbor.id; });
  });
  return static_cast<double>(hits) / static_cast<double>(exact.size());
}

void SetInterval(Recall& recall) {
  const auto n = static_cast<double>(recall.queries);
  const double z2 = kNormalQuantile * kNormalQuantile;
  const double middle = (recall.value + z2 / (2 * n)) / (1 + z2 / n);
  const double reach =
      kNormalQuantile * std::sqrt(recall.value * (1 - recall.value) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  recall.low = std::max(0.0, middle - reach);
  recall.high = std::min(1.0, middle + reach);
}

}  // namespace

Answers ExactAnswers(std::span<const float> vectors, std::span<const float> queries, std::int64_t width, std::int64_t k,
                     base::ThreadPool& pool, const ScanDevice* device) {
  const BatchedScan scan(vectors, width, device);
  std::vector<Query> asked;
  for (std::size_t q = 0; q < queries.size(); q += static_cast<std::size_t>(width)) {
    asked.push_back({queries.subspan(q, static_cast<std::size_t>(width)), k, {}});
  }
  const auto count = static_cast<std::int64_t>(asked.size());
  Answers answers(asked.size());
  pool.ParallelFor(count, scan.queries_at_once(), [&](std::int64_t begin, std::int64_t end) {
    Answers found =
        scan.Search(std::span(asked).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    std::move(found.begin(), found.end(), answers.begin() + begin);
  });
  return answers;
}

Recall CompareAnswers(const Answers& exact, const Answers& given, std::int64_t k) {
  Recall recall;
  recall.k = k;
  double sum = 0;
  for (std::size_t q = 0; q < exact.size(); ++q) {
    if (exact[q].empty()) continue;
    ++recall.queries;
    sum += QueryRecall(exact[q], given[q]);
  }
  if (recall.queries == 0) return recall;
  recall.value = sum / static_cast<double>(recall.queries);
  SetInterval(recall);
  return recall;
}

}  // namespace shortlist::index
