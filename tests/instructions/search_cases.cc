// Searches of each kind of index at its default settings, and a condition on items.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "filter/attribute_table.h"
#include "filter/condition_text.h"
#include "filter/made_conditions.h"
#include "index/made_vectors.h"
#include "index/vector_index.h"
#include "instructions/hot_case.h"

namespace shortlist {
namespace {

constexpr std::int64_t kCount = 5000;
constexpr std::int64_t kWidth = 64;
constexpr std::int64_t kQueries = 32;
constexpr std::int64_t kNeighbors = 10;

HotCase SearchOf(IndexKind kind) {
  return {"search_" + index::KindName(kind), [kind](const std::filesystem::path& /*folder*/) {
            const std::vector<float> vectors = index::MadeVectors(kCount, kWidth, 1);
            auto built = std::make_shared<index::VectorIndex>(
                index::VectorIndex::Build(index::SettingsOf(kind), vectors, kWidth, 1));
            return [built, queries = index::MadeVectors(kQueries, kWidth, 2)] {
              for (std::int64_t query = 0; query < kQueries; ++query) {
                built->Search(index::Row(queries, kWidth, query), kNeighbors);
              }
            };
          }};
}

// All queries in one call.
Work BatchedSearch(const std::filesystem::path& /*folder*/) {
  const std::vector<float> vectors = index::MadeVectors(kCount, kWidth, 1);
  auto built = std::make_shared<index::VectorIndex>(
      index::VectorIndex::Build(index::SettingsOf(IndexKind::kFlat), vectors, kWidth, 1));
  return [built, values = index::MadeVectors(kQueries, kWidth, 2)] {
    std::vector<index::Query> queries;
    for (std::int64_t query = 0; query < kQueries; ++query) {
      queries.push_back({index::Row(values, kWidth, query), kNeighbors, {}, nullptr});
    }
    built->SearchBatch(queries);
  };
}

Work MatchCondition(const std::filesystem::path& /*folder*/) {
  std::mt19937_64 random(3);
  const std::vector<features::Record> records = filter::MadeRecords(kCount, random);
  auto table = std::make_shared<filter::AttributeTable>(
      filter::MadeFilterSettings(), kCount, [&](std::int64_t item) { return records[static_cast<std::size_t>(item)]; });
  return [table] { table->Matching(filter::ParseCondition("price < 50 and (brand = 'brand 1' or not stock = 0)")); };
}

}  // namespace

std::vector<HotCase> SearchCases() {
  std::vector<HotCase> cases;
  for (const IndexKind kind :
       {IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat, IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8}) {
    cases.push_back(SearchOf(kind));
  }
  cases.push_back({"search_flat_batch", BatchedSearch});
  cases.push_back({"match_condition", MatchCondition});
  return cases;
}

}  // namespace shortlist
