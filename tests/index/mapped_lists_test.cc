#include "index/mapped_lists.h"

#include <vector>

#include <faiss/Index.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "index/made_vectors.h"
#include "index/vector_index.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kCount = 5000;
constexpr std::int64_t kWidth = 7;

class MappedListsTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  const ScratchDirectory folder_;
  const std::filesystem::path path_ = folder_ / "index.faiss";
  const std::vector<float> vectors_ = MadeVectors(kCount, kWidth, 1);
};

TEST_P(MappedListsTest, AnswerAsCopiedOnesDo) {
  VectorIndexSettings settings = SettingsOf(GetParam());
  const VectorIndex built = VectorIndex::Build(settings, vectors_, kWidth);
  built.Save(path_);
  settings.load = IndexLoad::kMap;
  const VectorIndex mapped = VectorIndex::Load(path_, settings, kCount, kWidth);
  for (std::int64_t q = 0; q < 40; ++q) {
    const auto query = Row(vectors_, kWidth, q * 100);
    for (const std::int64_t k : {5, 60, 3000}) EXPECT_EQ(Ids(mapped.Search(query, k)), Ids(built.Search(query, k)));
  }
  EXPECT_EQ(mapped.Vector(4321), built.Vector(4321));
}

TEST_P(MappedListsTest, OutliveTheNameOfTheirFile) {
  VectorIndexSettings settings = SettingsOf(GetParam());
  settings.load = IndexLoad::kMap;
  VectorIndex::Build(settings, vectors_, kWidth).Save(path_);
  const VectorIndex mapped = VectorIndex::Load(path_, settings, kCount, kWidth);
  std::filesystem::remove(path_);
  EXPECT_EQ(mapped.Search(Row(vectors_, kWidth, 0), 5).size(), 5U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, MappedListsTest, ::testing::Values(IndexKind::kIvfFlat, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

TEST(ReadWithMappedListsTest, RefusesAnIndexWithoutLists) {
  const ScratchDirectory folder;
  VectorIndex::Build({}, MadeVectors(10, 3, 1), 3).Save(folder / "flat.faiss");
  EXPECT_THROW(ReadWithMappedLists(folder / "flat.faiss"), Error);
}

}  // namespace
}  // namespace shortlist::index
