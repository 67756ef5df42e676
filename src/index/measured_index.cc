#include "index/measured_index.h"

#include <array>
#include <utility>

#include "base/stopwatch.h"

namespace shortlist::index {
namespace {

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

MeasuredIndex BuildMeasured(const VectorIndexSettings& settings, std::span<const float> vectors, const QuerySet& asked,
                            base::ThreadPool& pool, const ScanDevice* device) {
  const base::Stopwatch build;
  MeasuredIndex measured{VectorIndex::Build(settings, vectors, asked.width, pool.threads(), device), {}};
  IndexSummary& summary = measured.summary;
  summary.build_seconds = build.seconds();
  summary.vectors = measured.index.size();
  summary.kind = measured.index.kind();
  const Answers exact = ExactAnswers(vectors, asked.queries, asked.width, asked.k, pool, device);
  summary.recall = CompareAnswers(exact, AskAll(measured.index, asked, pool), asked.k);
  summary.query_microseconds = TimeInTurns(std::array{&std::as_const(measured.index)}, asked).front();
  return measured;
}

Sample MakeSample(const VectorIndex& index, std::span<const float> vectors, const QuerySet& asked,
                  base::ThreadPool& pool, const ScanDevice* device) {
  const Answers exact = ExactAnswers(vectors, asked.queries, asked.width, asked.k, pool, device);
  const Recall recall = CompareAnswers(exact, AskAll(index, asked, pool), asked.k);
  return {asked.k, asked.queries, PaddedIds(exact, asked.k), recall.value};
}

}  // namespace shortlist::index
