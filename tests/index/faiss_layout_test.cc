#include "index/faiss_layout.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;

constexpr VectorShape kShape{4200, 5};

// Of structures of each kind: honest files are walked to their end, and the place of every size is known.
class FaissLayoutTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  FaissLayoutTest() {
    settings_.hnsw_build_depth = 20;
    settings_.hnsw_links = 8;
    const OpenMpThreads alone(1);
    SaveStructure(*BuildStructure(settings_, MadeVectors(kShape.count, kShape.width, 1), kShape), path_);
  }

  // The refusal of the file with eight bytes replaced by a number.
  std::string RefusalWith(std::size_t place, std::uint64_t number) const {
    std::string bytes = base::ReadFile(path_);
    bytes.replace(place, sizeof(number), reinterpret_cast<const char*>(&number), sizeof(number));
    const auto changed = folder_ / "changed.faiss";
    std::ofstream(changed, std::ios::binary) << bytes;
    try {
      LoadStructure(changed, settings_, kShape);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      return error.what();
    }
    return "";
  }

  const ScratchDirectory folder_;
  const std::filesystem::path path_ = folder_ / "structure.faiss";
  VectorIndexSettings settings_ = SettingsOf(GetParam());
};

TEST_P(FaissLayoutTest, WalksAnHonestFileToItsEnd) {
  EXPECT_NO_THROW(LoadStructure(path_, settings_, kShape));
}

TEST_P(FaissLayoutTest, RefusesWhatFollows) {
  std::ofstream(path_, std::ios::binary | std::ios::app) << 'x';
  EXPECT_THAT([&] { LoadStructure(path_, settings_, kShape); },
              ::testing::ThrowsMessage<Error>(HasSubstr("something follows it")));
}

TEST_P(FaissLayoutTest, RefusesANumberOfVectorsThatTheManifestDoesNotKnow) {
  constexpr std::size_t kPlaceOfCount = 8;
  EXPECT_THAT(RefusalWith(kPlaceOfCount, 1ULL << 39), HasSubstr("another number of vectors"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaissLayoutTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

class FlatLayoutTest : public FaissLayoutTest {};

TEST_P(FlatLayoutTest, RefusesATableThatIsLongerThanTheFile) {
  constexpr std::size_t kPlaceOfSize = 37;  // behind the header
  EXPECT_THAT(RefusalWith(kPlaceOfSize, 1ULL << 39), HasSubstr("a table is cut off"));
  EXPECT_THAT(RefusalWith(kPlaceOfSize, 7), HasSubstr("another shape"));
}

INSTANTIATE_TEST_SUITE_P(Flat, FlatLayoutTest, ::testing::Values(IndexKind::kFlat),
                         [](const auto& kind) { return KindName(kind.param); });

class ListsLayoutTest : public FaissLayoutTest {};

TEST_P(ListsLayoutTest, RefusesListsThatCannotBe) {
  constexpr std::size_t kPlaceOfLists = 37;
  EXPECT_THAT(RefusalWith(kPlaceOfLists, 1ULL << 50), HasSubstr("too many lists"));
  EXPECT_THAT(RefusalWith(kPlaceOfLists, 0), HasSubstr("too many lists"));
  EXPECT_THAT(RefusalWith(kPlaceOfLists, 3), HasSubstr("another number of vectors"));
}

INSTANTIATE_TEST_SUITE_P(Lists, ListsLayoutTest, ::testing::Values(IndexKind::kIvfFlat, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

}  // namespace
}  // namespace shortlist::index
