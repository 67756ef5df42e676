#include "index/measured_index.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace shortlist::index {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Answers Ask(const VectorIndex& index, const QuerySet& asked) {
  const std::span<const float> queries = asked.queries;
  const auto width = static_cast<std::size_t>(asked.width);
  Answers given;
  for (std::size_t q = 0; q < queries.size(); q += width) {
    given.push_back(index.Search(queries.subspan(q, width), asked.k));
  }
  return given;
}

std::vector<std::int32_t> PaddedIds(const Answers& answers, std::int64_t k) {
  std::vector<std::int32_t> ids;
  for (const std::vector<Neighbor>& answer : answers) {
    const std::size_t end = ids.size() + static_cast<std::size_t>(k);
    for (const Neighbor& neighbor : answer) ids.push_back(neighbor.id);
    ids.resize(end, -1);
  }
  return ids;
}

}  // namespace

QuerySet QuerySet::EvenlySpaced(std::int64_t most) const {
  const auto count = static_cast<std::int64_t>(queries.size()) / width;
  const std::int64_t kept = std::min(most, count);
  QuerySet result{{}, width, k};
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto row = queries.begin() + i * count / kept * width;
    result.queries.insert(result.queries.end(), row, row + width);
  }
  return result;
}

MeasuredIndex BuildMeasured(const VectorIndexSettings& settings, std::span<const float> vectors, const QuerySet& asked,
                            base::ThreadPool& pool) {
  const auto build_start = Clock::now();
  MeasuredIndex measured{VectorIndex::Build(settings, vectors, asked.width, pool.threads()), {}};
  IndexSummary& summary = measured.summary;
  summary.build_seconds = SecondsSince(build_start);
  summary.vectors = measured.index.size();
  summary.kind = measured.index.kind();
  const Answers exact = ExactAnswers(vectors, asked.queries, asked.width, asked.k, pool);
  const auto ask_start = Clock::now();
  const Answers given = Ask(measured.index, asked);
  if (!given.empty()) summary.query_microseconds = SecondsSince(ask_start) * 1e6 / static_cast<double>(given.size());
  summary.recall = CompareAnswers(exact, given, asked.k);
  return measured;
}

Sample MakeSample(const VectorIndex& index, std::span<const float> vectors, const QuerySet& asked,
                  base::ThreadPool& pool) {
  const Answers exact = ExactAnswers(vectors, asked.queries, asked.width, asked.k, pool);
  const Recall recall = CompareAnswers(exact, Ask(index, asked), asked.k);
  return {asked.k, asked.queries, PaddedIds(exact, asked.k), recall.value};
}

}  // namespace shortlist::index
