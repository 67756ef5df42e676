// Time of one query among the items that satisfy a condition, on one thread, and the recall@10 that it has: by kind of
// index and by how many of 1,000 items satisfy it. The time includes the evaluation of the condition. The vectors are
// those of derived_mips_gowalla in SHORTLIST_DATA_DIR.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <span>
#include <vector>

#include <benchmark/benchmark.h>

#include "filter/attribute_table.h"
#include "index/filtered_search.h"
#include "index/made_vectors.h"
#include "index/vector_files.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kNeighbors = 10;
constexpr std::int64_t kJudged = 500;  // queries on which recall is measured

struct Catalog {
  Catalog() {
    const auto folder = std::filesystem::path(SHORTLIST_DATA_DIR) / "derived_mips_gowalla";
    auto read = ReadVectorFile<float>(folder / "items.fvecs.zst");
    width = read.width;
    vectors = std::move(read.values);
    queries = ReadVectorFile<float>(folder / "queries.fvecs.zst").values;
    std::mt19937_64 random(1);
    for (std::int64_t item = 0; item < items(); ++item) {
      prices.push_back(std::generate_canonical<double, 53>(random) * 1000);
    }
  }

  std::int64_t items() const { return static_cast<std::int64_t>(vectors.size()) / width; }
  std::int64_t query_count() const { return static_cast<std::int64_t>(queries.size()) / width; }
  std::span<const float> Query(std::int64_t number) const { return Row(queries, width, number % query_count()); }

  std::int64_t width = 0;
  std::vector<float> vectors;
  std::vector<float> queries;
  std::vector<double> prices;  // from 0 to 1,000, evenly drawn
};

const Catalog& SharedCatalog() {
  static const Catalog catalog;
  return catalog;
}

const filter::AttributeTable& SharedAttributes() {
  const Catalog& catalog = SharedCatalog();
  static const filter::AttributeTable table({}, catalog.items(), [&](std::int64_t item) {
    return features::Record{{"price", catalog.prices[static_cast<std::size_t>(item)]}};
  });
  return table;
}

const VectorIndex& SharedIndex(IndexKind kind) {
  static std::map<IndexKind, VectorIndex> indexes;
  const auto found = indexes.find(kind);
  if (found != indexes.end()) return found->second;
  VectorIndexSettings settings;
  settings.kind = kind;
  return indexes.emplace(kind, VectorIndex::Build(settings, SharedCatalog().vectors, SharedCatalog().width, 0))
      .first->second;
}

PlannedAnswer Ask(const FilteredSearch& search, std::int64_t number, const filter::Condition& condition) {
  const base::BitSet allowed = SharedAttributes().Matching(condition);
  const Query query{SharedCatalog().Query(number), kNeighbors, {}, &allowed};
  return std::move(search.SearchBatch({&query, 1}).front());
}

double MeasuredRecall(const FilteredSearch& search, const filter::Condition& condition) {
  const Catalog& catalog = SharedCatalog();
  base::BitSet others = SharedAttributes().Matching(condition);
  others.Complement();
  std::vector<std::int32_t> excluded;
  others.ForEach([&](std::int64_t item) { excluded.push_back(static_cast<std::int32_t>(item)); });
  const VectorTable table = TableOf(catalog.vectors, catalog.width);
  double recall = 0;
  for (std::int64_t number = 0; number < kJudged; ++number) {
    const auto truth = SearchExactly(table, catalog.Query(number).data(), kNeighbors, excluded);
    recall += ShareFound(IdsOf(truth), IdsOf(Ask(search, number, condition).neighbors)) / kJudged;
  }
  return recall;
}

void Filtered(benchmark::State& state, IndexKind kind) {
  const VectorIndex& index = SharedIndex(kind);
  const FilteredSearch search(index, MeasureCosts(index, SharedCatalog().queries));
  const filter::Condition cheap{filter::NumberRange{.attribute = "price", .most = static_cast<double>(state.range(0))},
                                "benchmark"};
  double searched = 0;
  std::int64_t number = 0;
  for ([[maybe_unused]] auto _ : state) {
    const PlannedAnswer answer = Ask(search, number++, cheap);
    searched += answer.plan == SearchPlan::kSearchThenFilter ? 1 : 0;
    benchmark::DoNotOptimize(answer.neighbors.data());
  }
  state.counters["recall@10"] = MeasuredRecall(search, cheap);
  state.counters["searched"] = searched / static_cast<double>(number);
}

// What any of them must beat.
void ScanOfAll(benchmark::State& state) {
  const VectorTable table = TableOf(SharedCatalog().vectors, SharedCatalog().width);
  std::int64_t number = 0;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(SearchExactly(table, SharedCatalog().Query(number++).data(), kNeighbors, {}));
  }
}

#define SHORTLIST_FILTERED(name, kind) \
  BENCHMARK_CAPTURE(Filtered, name, kind)->Arg(500)->Arg(100)->Arg(10)->Arg(1)->Unit(benchmark::kMicrosecond)

BENCHMARK(ScanOfAll)->Unit(benchmark::kMicrosecond);
SHORTLIST_FILTERED(flat, IndexKind::kFlat);
SHORTLIST_FILTERED(hnsw, IndexKind::kHnsw);
SHORTLIST_FILTERED(ivf_flat, IndexKind::kIvfFlat);
SHORTLIST_FILTERED(ivf_sq8, IndexKind::kIvfSq8);
SHORTLIST_FILTERED(ivf_pq_fastscan, IndexKind::kIvfPqFastScan);

}  // namespace
}  // namespace shortlist::index
