#include "index/flat.h"

#include <functional>
#include <memory>
#include <vector>

#include <faiss/IndexFlat.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{20, 3};

TEST(FlatTest, HoldsTheVectorsAndAlwaysWantsAScan) {
  const auto vectors = MadeVectors(kShape.count, kShape.width, 1);
  const auto flat = OpenFlat(BuildFlat(vectors, kShape), kShape);
  const auto rows = flat->Vectors().rows;
  ASSERT_EQ(rows.size(), 20U);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(rows[i / 3][i % 3], vectors[i]);
  EXPECT_EQ(flat->MaxNeighbors(), 0);
}

TEST(FlatTest, RefusesAnotherShapeMetricOrKind) {
  const auto vectors = MadeVectors(kShape.count, kShape.width, 1);
  EXPECT_THROW(OpenFlat(BuildFlat(vectors, kShape), {20, 4}), Error);
  EXPECT_THROW(OpenFlat(BuildFlat(vectors, kShape), {19, 3}), Error);
  auto distance = std::make_unique<faiss::IndexFlatL2>(3);
  distance->add(20, vectors.data());
  EXPECT_THROW(OpenFlat(std::move(distance), kShape), Error);
  auto cut = std::make_unique<faiss::IndexFlatIP>(3);
  cut->add(20, vectors.data());
  cut->codes.resize(8);
  EXPECT_THROW(OpenFlat(std::move(cut), kShape), Error);
  EXPECT_THROW(OpenFlat(nullptr, kShape), Error);
}

}  // namespace
}  // namespace shortlist::index
