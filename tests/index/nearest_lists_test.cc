#include "index/nearest_lists.h"

#include <memory>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <gtest/gtest.h>

#include "index/equal_norms.h"
#include "index/ivf_flat.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

TEST(NearestLists, AreThoseOfFaiss) {
  const OpenMpThreads alone(1);
  for (const VectorShape shape : {VectorShape{5000, 7}, VectorShape{4200, 32}}) {
    VectorIndexSettings settings;
    settings.lists = 60;
    const auto index = BuildIvfFlat(settings, MadeVectors(shape.count, shape.width, 1), shape, nullptr);
    const auto& lists = dynamic_cast<const faiss::IndexIVF&>(*index);
    const NearestLists nearest(lists, shape.width);
    const std::vector<float> queries = MadeVectors(50, shape.width, 2);
    for (std::int64_t q = 0; q < 50; ++q) {
      const auto query = Row(queries, shape.width, q);
      std::vector<float> distances(16);
      std::vector<std::int64_t> expected(16);
      lists.quantizer->search(1, Padded(query, lists.d).data(), 16, distances.data(), expected.data());
      const std::vector<Neighbor> found = nearest.Find(query, 16);
      ASSERT_EQ(found.size(), 16U);
      for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(found[i].id, expected[i]) << q;
    }
    EXPECT_EQ(nearest.Find(Row(queries, shape.width, 0), 1000).size(), 60U);
  }
}

// More lists than are scored together, and any number of probes.
TEST(NearestLists, AreTheFirstOfAll) {
  const OpenMpThreads alone(1);
  constexpr VectorShape kShape{8000, 9};
  VectorIndexSettings settings;
  settings.lists = 200;
  const auto index = BuildIvfFlat(settings, MadeVectors(kShape.count, kShape.width, 1), kShape, nullptr);
  const NearestLists nearest(dynamic_cast<const faiss::IndexIVF&>(*index), kShape.width);
  const std::vector<float> queries = MadeVectors(20, kShape.width, 2);
  for (std::int64_t q = 0; q < 20; ++q) {
    const std::vector<Neighbor> all = nearest.Find(Row(queries, kShape.width, q), 200);
    ASSERT_EQ(all.size(), 200U);
    for (const std::int64_t probes : {0, 1, 16, 63, 64, 65, 199}) {
      const std::vector<Neighbor> few = nearest.Find(Row(queries, kShape.width, q), probes);
      EXPECT_EQ(IdsOf(few), IdsOf({all.data(), static_cast<std::size_t>(probes)})) << probes;
    }
  }
}

}  // namespace
}  // namespace shortlist::index
