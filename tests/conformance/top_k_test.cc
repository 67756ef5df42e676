#include <limits>

#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

// Of candidates, as some backends take them.
constexpr std::int64_t kTile = 4096;

struct TopKCase {
  std::string name;
  std::int64_t queries;
  std::int64_t candidates;
  std::int64_t dimensions;
  std::int64_t k;
  std::int64_t excluded_per_row = 0;  // with repeats
};

std::ostream& operator<<(std::ostream& stream, const TopKCase& row) {
  return stream << row.name;
}

std::vector<TopKCase> Cases() {
  return {{"no_queries", 0, 10, 4, 3},
          {"no_candidates", 3, 0, 4, 3},
          {"one_value", 1, 1, 1, 1},
          {"k_beyond_candidates", 3, 5, 4, 9},
          {"k_is_all", 4, 40, 4, 40},
          {"k_one", 20, 300, 8, 1},
          {"odd_widths", 7, 333, 5, 10},
          {"with_exclusions", 30, 700, 6, 20, 200},
          {"everything_excluded", 5, 3, 4, 2, 200},
          {"k_near_offers", 9, 2000, 3, 256, 5},
          {"k_beyond_offers", 3, 3000, 3, 700, 5},
          {"candidates_4096", 2, 4096, 3, 10},
          {"candidate_tiles", 3, 9000, 4, 300, 50},
          {"k_beyond_tiles", 2, 9000, 3, 5000, 5},
          {"query_tiles", 300, 100, 4, 5, 2},
          {"many_queries", 1100, 20, 3, 4, 2}};
}

class TopKTest : public ConformanceTest<TopKCase> {
 protected:
  void Run(const std::vector<float>& queries, const std::vector<float>& candidates, const base::Bags& excluded) {
    const TopKCase& row = table_case();
    Guarded<float> device_queries(backend(), queries);
    Guarded<float> device_candidates(backend(), candidates);
    GuardedBags device_excluded(backend(), excluded);
    Guarded<std::int32_t> ids(backend(), row.queries * row.k);
    Guarded<float> scores(backend(), row.queries * row.k);
    backend().TopK({device_queries.data(), row.queries, row.dimensions},
                   {device_candidates.data(), row.candidates, row.dimensions}, row.k,
                   excluded.rows() == 0 ? tensor::BagsView{} : device_excluded.view(), ids.data(), scores.data());
    ids_ = ids.Values();
    scores_ = scores.Values();
  }
  base::Bags Excluded(Samples& samples) {
    const TopKCase& row = table_case();
    if (row.excluded_per_row == 0) return {};
    const base::Bags anywhere = samples.Bags(
        std::vector<std::int64_t>(static_cast<std::size_t>(row.queries), row.excluded_per_row), row.candidates);
    base::Bags excluded;
    for (std::size_t r = 0; r < static_cast<std::size_t>(row.queries); ++r) {
      for (std::int64_t i = anywhere.offsets[r]; i < anywhere.offsets[r + 1]; ++i) {
        excluded.Append(anywhere.ids[static_cast<std::size_t>(i)], 1);
      }
      // Where tiles meet, beside what falls anywhere.
      for (std::int64_t id = kTile; id < row.candidates; id += kTile) excluded.Append(static_cast<std::int32_t>(id), 1);
      excluded.EndRow();
    }
    return excluded;
  }

  std::vector<std::int32_t> ids_;
  std::vector<float> scores_;
};

std::vector<float> Integers(Samples& samples, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(samples.Below(5) - 2);
  return values;
}

// Small integers score exactly in float32, with many ties.
TEST_P(TopKTest, ExactWithTies) {
  Samples samples(71);
  const TopKCase& row = table_case();
  const std::vector<float> queries = Integers(samples, row.queries * row.dimensions);
  const std::vector<float> candidates = Integers(samples, row.candidates * row.dimensions);
  const base::Bags excluded = Excluded(samples);
  Run(queries, candidates, excluded);
  const std::vector<Neighbor> expected = TopK(Widen(queries), Widen(candidates), row.dimensions, row.k, excluded);
  ASSERT_EQ(ids_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(ids_[i], expected[i].id) << "place " << i;
    ASSERT_EQ(scores_[i], static_cast<float>(expected[i].score)) << "place " << i;
  }
}

// With real numbers, neighbors of nearly equal score may trade places, so places are compared by score.
TEST_P(TopKTest, ScoresOfRealVectors) {
  Samples samples(72);
  const TopKCase& row = table_case();
  const std::vector<float> queries = samples.Floats(row.queries * row.dimensions, -1, 1);
  const std::vector<float> candidates = samples.Floats(row.candidates * row.dimensions, -1, 1);
  const base::Bags excluded = Excluded(samples);
  Run(queries, candidates, excluded);
  const std::vector<Neighbor> expected = TopK(Widen(queries), Widen(candidates), row.dimensions, row.k, excluded);
  ASSERT_EQ(ids_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(ids_[i] < 0, expected[i].id < 0) << "place " << i;
    if (ids_[i] < 0) continue;
    ASSERT_NEAR(scores_[i], expected[i].score, SumBound(row.dimensions, static_cast<double>(row.dimensions)));
  }
}

TEST_P(TopKTest, NanIsNeverFoundAndHidesNothing) {
  Samples samples(73);
  const TopKCase& row = table_case();
  const std::vector<float> queries = Integers(samples, row.queries * row.dimensions);
  std::vector<float> candidates = Integers(samples, row.candidates * row.dimensions);
  const base::Bags none;
  std::vector<Neighbor> expected;
  if (row.candidates > 2) {
    candidates[static_cast<std::size_t>(row.dimensions)] = std::numeric_limits<float>::quiet_NaN();
    base::Bags second;
    for (std::int64_t r = 0; r < row.queries; ++r) {
      second.Append(1, 0);
      second.EndRow();
    }
    expected = TopK(Widen(queries), Widen(candidates), row.dimensions, row.k, second);
  } else {
    expected = TopK(Widen(queries), Widen(candidates), row.dimensions, row.k, none);
  }
  Run(queries, candidates, none);
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(ids_[i], expected[i].id) << "place " << i;
}

INSTANTIATE_TEST_SUITE_P(Table, TopKTest, EveryBackendWith(Cases()), NameOf<TopKCase>);

}  // namespace
}  // namespace shortlist::conformance
