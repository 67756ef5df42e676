#include "index/ivf_sq8.h"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include <faiss/IndexScalarQuantizer.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{5000, 7};

class IvfSq8Test : public ::testing::Test {
 protected:
  std::unique_ptr<faiss::Index> Build() const {
    const OpenMpThreads alone(1);
    return BuildIvfSq8(settings_, vectors_, kShape, nullptr);
  }

  bool Refuses(const std::function<void(faiss::IndexIVFScalarQuantizer&)>& damage) const {
    auto index = Build();
    damage(dynamic_cast<faiss::IndexIVFScalarQuantizer&>(*index));
    try {
      OpenIvfSq8(settings_, std::move(index), kShape);
    } catch (const Error& error) {
      return error.code() == Code::kDataLoss;
    }
    return false;
  }

  VectorIndexSettings settings_;
  const std::vector<float> vectors_ = MadeVectors(kShape.count, kShape.width, 1);
};

TEST_F(IvfSq8Test, FindsTheBest) {
  const auto lists = OpenIvfSq8(settings_, Build(), kShape);
  const auto queries = MadeVectors(50, kShape.width, 2);
  double found = 0;
  for (std::int64_t q = 0; q < 50; ++q) {
    const auto query = Row(queries, kShape.width, q);
    found += ShareFound(TrueBest(vectors_, query, 10), Ids(lists->Nearest({query, 10, {}}, 10, 0).neighbors)) / 50;
  }
  EXPECT_GE(found, 0.97);
}

TEST_F(IvfSq8Test, VectorsAreStoredWithinHalfAStep) {
  const auto lists = OpenIvfSq8(settings_, Build(), kShape);
  const VectorTable table = lists->Vectors();
  ASSERT_EQ(table.size(), kShape.count);
  for (std::int32_t id = 0; id < kShape.count; id += 97) {
    const std::vector<float> stored = table.Vector(id);
    for (std::size_t i = 0; i < stored.size(); ++i) {
      const float original = Row(vectors_, kShape.width, id)[i];
      EXPECT_NEAR(stored[i], original, table.bytes.step[i] * 0.51) << id;
    }
  }
}

TEST(ByteRowsTest, ScoreIsTheInnerProductWithTheStoredVector) {
  for (const VectorShape shape : {VectorShape{5000, 7}, VectorShape{4200, 20}}) {
    const auto vectors = MadeVectors(shape.count, shape.width, 1);
    const OpenMpThreads alone(1);
    const auto lists = OpenIvfSq8({}, BuildIvfSq8({}, vectors, shape, nullptr), shape);
    const VectorTable table = lists->Vectors();
    const auto query = Row(vectors, shape.width, 5);
    for (const std::int32_t id : {0, 77, 4199}) {
      const std::vector<float> stored = table.Vector(id);
      const double product = std::inner_product(stored.begin(), stored.end(), query.begin(), 0.0);
      EXPECT_NEAR(table.Score(query.data(), id), product, 1e-5 * (1 + std::abs(product)));
    }
  }
}

TEST_F(IvfSq8Test, RefusesUnsoundQuantizersAndLists) {
  using Lists = faiss::IndexIVFScalarQuantizer;
  EXPECT_FALSE(Refuses([](Lists& /*lists*/) {}));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.sq.trained.pop_back(); }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.sq.trained[3] = std::numeric_limits<float>::infinity(); }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.sq.qtype = faiss::ScalarQuantizer::QT_4bit; }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.sq.code_size = 4; }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.by_residual = true; }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.code_size = 4; }));
  EXPECT_TRUE(Refuses([](Lists& lists) { lists.ntotal = 4999; }));
}

}  // namespace
}  // namespace shortlist::index
