// Time of one query on one thread, by kind of index, and the recall@10 that it buys. The vectors are those of
// derived_mips_gowalla in SHORTLIST_DATA_DIR, else random ones of the same number and width.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/thread_pool.h"
#include "index/openmp_threads.h"
#include "index/recall.h"
#include "index/vector_files.h"
#include "index/vector_index.h"
#include "serving/raw_search.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kNeighbors = 10;

struct Vectors {
  std::int64_t width = 64;
  std::vector<float> items;
  std::vector<float> queries;
  Answers exact;
};

std::vector<float> RandomValues(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  std::generate(values.begin(), values.end(), [&] { return normal(random); });
  return values;
}

Vectors LoadVectors() {
  const auto folder = std::filesystem::path(SHORTLIST_DATA_DIR) / "derived_mips_gowalla";
  Vectors vectors;
  if (std::filesystem::exists(folder)) {
    auto items = ReadVectorFile<float>(folder / "items.fvecs.zst");
    vectors = {items.width, std::move(items.values), ReadVectorFile<float>(folder / "queries.fvecs.zst").values, {}};
  } else {
    vectors.items = RandomValues(40981 * 64, 1);
    vectors.queries = RandomValues(2000 * 64, 2);
  }
  base::ThreadPool pool(0);
  vectors.exact = ExactAnswers(vectors.items, vectors.queries, vectors.width, kNeighbors, pool);
  return vectors;
}

const Vectors& SharedVectors() {
  static const Vectors vectors = LoadVectors();
  return vectors;
}

const VectorIndex& SharedIndex(IndexKind kind) {
  static std::map<IndexKind, VectorIndex> indexes;
  const auto found = indexes.find(kind);
  if (found != indexes.end()) return found->second;
  VectorIndexSettings settings;
  settings.kind = kind;
  const Vectors& vectors = SharedVectors();
  return indexes.emplace(kind, VectorIndex::Build(settings, vectors.items, vectors.width, 0)).first->second;
}

std::span<const float> QueryVector(std::size_t number) {
  const Vectors& vectors = SharedVectors();
  const auto width = static_cast<std::size_t>(vectors.width);
  return std::span(vectors.queries).subspan(number % vectors.exact.size() * width, width);
}

double MeasuredRecall(const VectorIndex& index) {
  Answers given;
  for (std::size_t q = 0; q < SharedVectors().exact.size(); ++q)
    given.push_back(index.Search(QueryVector(q), kNeighbors));
  return CompareAnswers(SharedVectors().exact, given, kNeighbors).value;
}

// Excludes as many items as the argument says: the best ones, as a shopper's own history would be.
void Search(benchmark::State& state, IndexKind kind) {
  const VectorIndex& index = SharedIndex(kind);
  std::vector<std::vector<std::int32_t>> excluded(SharedVectors().exact.size());
  for (std::size_t q = 0; q < excluded.size() && state.range(0) > 0; ++q) {
    for (const Neighbor& neighbor : index.Search(QueryVector(q), state.range(0))) excluded[q].push_back(neighbor.id);
    std::sort(excluded[q].begin(), excluded[q].end());
  }
  std::size_t q = 0;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(index.Search(QueryVector(q), kNeighbors, excluded[q % excluded.size()]));
    ++q;
  }
  state.counters["recall@10"] = MeasuredRecall(index);
}

BENCHMARK_CAPTURE(Search, flat, IndexKind::kFlat)->Arg(0)->Arg(40)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Search, hnsw, IndexKind::kHnsw)->Arg(0)->Arg(40)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Search, ivf_flat, IndexKind::kIvfFlat)->Arg(0)->Arg(40)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Search, ivf_sq8, IndexKind::kIvfSq8)->Arg(0)->Arg(40)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Search, ivf_pq_fastscan, IndexKind::kIvfPqFastScan)->Arg(0)->Arg(40)->Unit(benchmark::kMicrosecond);

// Several queries in one call.
void SearchBatch(benchmark::State& state, IndexKind kind) {
  const VectorIndex& index = SharedIndex(kind);
  std::vector<Query> queries(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for ([[maybe_unused]] auto _ : state) {
    for (Query& query : queries) query = {QueryVector(next++), kNeighbors, {}};
    benchmark::DoNotOptimize(index.SearchBatch(queries));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(SearchBatch, flat, IndexKind::kFlat)->RangeMultiplier(2)->Range(1, 64)->Unit(benchmark::kMicrosecond);

// Of the arguments k and lists visited, an index of 404 lists: as it is, and as Faiss searches the file of it.
const VectorIndex& IndexOfLists(const benchmark::State& state, IndexKind kind) {
  static std::map<std::tuple<IndexKind, std::int64_t, std::int64_t>, VectorIndex> indexes;
  const std::tuple key(kind, state.range(0), state.range(1));
  const auto found = indexes.find(key);
  if (found != indexes.end()) return found->second;
  VectorIndexSettings settings;
  settings.kind = kind;
  settings.lists = 404;
  settings.neighbors = state.range(0);
  settings.probes = state.range(1);
  return indexes.emplace(key, VectorIndex::Build(settings, SharedVectors().items, SharedVectors().width, 0))
      .first->second;
}

void ListsByOwnScan(benchmark::State& state, IndexKind kind) {
  const VectorIndex& index = IndexOfLists(state, kind);
  std::size_t q = 0;
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(index.Search(QueryVector(q++), state.range(0)));
}

void ListsByFaiss(benchmark::State& state, IndexKind kind) {
  const auto file = std::filesystem::temp_directory_path() / ("index_benchmark." + std::to_string(getpid()));
  IndexOfLists(state, kind).Save(file);
  VectorIndexSettings settings;
  settings.probes = state.range(1);
  const benchmarks::RawSearch index(file, settings);
  std::filesystem::remove(file);
  const std::vector<float> queries = index.Padded(SharedVectors().queries, SharedVectors().width);
  const auto width = static_cast<std::size_t>(index.padded_width());
  const OpenMpThreads alone(1);
  std::size_t q = 0;
  for ([[maybe_unused]] auto _ : state) {
    index.Search(std::span(queries).subspan(q++ % SharedVectors().exact.size() * width, width), state.range(0));
  }
}

void BothKsAndProbes(benchmark::internal::Benchmark* lists) {
  lists->ArgNames({"k", "probes"})->Args({10, 10})->Args({10, 20})->Args({100, 10})->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(ListsByOwnScan, ivf_flat, IndexKind::kIvfFlat)->Apply(BothKsAndProbes);
BENCHMARK_CAPTURE(ListsByFaiss, ivf_flat, IndexKind::kIvfFlat)->Apply(BothKsAndProbes);
BENCHMARK_CAPTURE(ListsByOwnScan, ivf_sq8, IndexKind::kIvfSq8)->Apply(BothKsAndProbes);
BENCHMARK_CAPTURE(ListsByFaiss, ivf_sq8, IndexKind::kIvfSq8)->Apply(BothKsAndProbes);

}  // namespace
}  // namespace shortlist::index
