#include "index/build_cost.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "index/made_vectors.h"
#include "index/vector_index.h"

namespace shortlist::index {
namespace {

class BuildCostTest : public ::testing::TestWithParam<IndexKind> {};

TEST_P(BuildCostTest, BytesAreThoseOfTheFile) {
  const VectorShape shape{9000, 24};
  VectorIndexSettings settings = SettingsOf(GetParam());
  settings.hnsw_build_depth = 20;
  const ScratchDirectory folder;
  VectorIndex::Build(settings, MadeVectors(shape.count, shape.width, 1), shape.width).Save(folder / "x.faiss");
  const auto bytes = static_cast<double>(std::filesystem::file_size(folder / "x.faiss"));
  EXPECT_NEAR(EstimateCost(settings, shape).bytes / bytes, 1, 0.02);
}

TEST_P(BuildCostTest, SecondsGrowWithTheVectors) {
  const VectorIndexSettings settings = SettingsOf(GetParam());
  const double few = EstimateCost(settings, {100'000, 64}).cpu_seconds;
  const double many = EstimateCost(settings, {1'000'000, 64}).cpu_seconds;
  if (GetParam() == IndexKind::kFlat) {
    EXPECT_EQ(many, 0);
  } else {
    EXPECT_GT(few, 0);
    EXPECT_GT(many, 8 * few);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BuildCostTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

}  // namespace
}  // namespace shortlist::index
