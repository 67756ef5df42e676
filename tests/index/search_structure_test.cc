#include "index/search_structure.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;

constexpr VectorShape kShape{4500, 6};

class SearchStructureTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  SearchStructureTest() {
    settings_.hnsw_build_depth = 30;
    settings_.hnsw_links = 8;
  }

  std::unique_ptr<SearchStructure> Build() const {
    const OpenMpThreads alone(1);
    return BuildStructure(settings_, vectors_, kShape);
  }
  void SaveBuilt() const { SaveStructure(*Build(), path_); }

  // The message with which the file is refused.
  std::string Refusal(const VectorIndexSettings& settings, VectorShape shape) const {
    try {
      LoadStructure(path_, settings, shape);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      return error.what();
    }
    return "";
  }

  const ScratchDirectory folder_;
  const fs::path path_ = folder_ / "structure.faiss";
  VectorIndexSettings settings_ = SettingsOf(GetParam());
  const std::vector<float> vectors_ = MadeVectors(kShape.count, kShape.width, 1);
};

TEST_P(SearchStructureTest, AnswersTheSameAfterLoading) {
  const auto built = Build();
  const OpenMpThreads alone(1);
  SaveStructure(*built, path_);
  const auto loaded = LoadStructure(path_, settings_, kShape);
  EXPECT_EQ(loaded->MaxNeighbors(), built->MaxNeighbors());
  for (std::int64_t q = 0; q < 20; ++q) {
    const auto query = Row(vectors_, kShape.width, q * 200);
    EXPECT_EQ(Ids(loaded->Nearest({query, 15, {}}, 15, 0).neighbors),
              Ids(built->Nearest({query, 15, {}}, 15, 0).neighbors));
  }
}

TEST_P(SearchStructureTest, AnswersAfterReopeningAsIfItHadBeenBuiltSo) {
  const OpenMpThreads alone(1);
  VectorIndexSettings deeper = settings_;
  deeper.probes = 40;
  deeper.hnsw_search_depth = 60;
  deeper.neighbors = 40;
  const auto reopened = Reopen(Build(), deeper, kShape);
  const auto built = BuildStructure(deeper, vectors_, kShape);
  EXPECT_EQ(reopened->MaxNeighbors(), built->MaxNeighbors());
  for (std::int64_t q = 0; q < 20; ++q) {
    const auto query = Row(vectors_, kShape.width, q * 200);
    EXPECT_EQ(Ids(reopened->Nearest({query, 15, {}}, 15, 0).neighbors),
              Ids(built->Nearest({query, 15, {}}, 15, 0).neighbors));
  }
}

TEST_P(SearchStructureTest, SavesTheSameBytesForTheSameVectors) {
  SaveBuilt();
  const std::string first = base::ReadFile(path_);
  SaveBuilt();
  EXPECT_TRUE(base::ReadFile(path_) == first);
}

TEST_P(SearchStructureTest, RefusesAFileOfAnotherShapeOrKind) {
  SaveBuilt();
  EXPECT_EQ(Refusal(settings_, kShape), "");
  EXPECT_THAT(Refusal(settings_, {kShape.count + 1, kShape.width}), ::testing::HasSubstr(path_.string()));
  EXPECT_THAT(Refusal(settings_, {kShape.count, kShape.width + 2}), ::testing::HasSubstr(path_.string()));
  const IndexKind other = GetParam() == IndexKind::kFlat ? IndexKind::kHnsw : IndexKind::kFlat;
  EXPECT_THAT(Refusal(SettingsOf(other), kShape), ::testing::HasSubstr(path_.string()));
}

TEST_P(SearchStructureTest, RefusesAFileThatIsCutOffOrMissing) {
  SaveBuilt();
  const auto size = fs::file_size(path_);
  for (const double part : {0.9999, 0.9, 0.6, 0.3, 0.001, 0.0}) {
    fs::resize_file(path_, static_cast<std::uintmax_t>(part * static_cast<double>(size)));
    EXPECT_THAT(Refusal(settings_, kShape), ::testing::HasSubstr(path_.string())) << part;
  }
  fs::remove(path_);
  EXPECT_THAT(Refusal(settings_, kShape), ::testing::HasSubstr(path_.string()));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SearchStructureTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

TEST(KindInEffectTest, SmallCatalogsAreScanned) {
  EXPECT_EQ(KindInEffect(SettingsOf(IndexKind::kHnsw), 0), IndexKind::kFlat);
  EXPECT_EQ(KindInEffect(SettingsOf(IndexKind::kHnsw), kFewestStructured - 1), IndexKind::kFlat);
  EXPECT_EQ(KindInEffect(SettingsOf(IndexKind::kHnsw), kFewestStructured), IndexKind::kHnsw);
}

TEST(BuildStructureTest, AKindThatHasNotBeenChosenIsNotBuilt) {
  EXPECT_THROW(BuildStructure(SettingsOf(IndexKind::kAuto), MadeVectors(5000, 4, 1), {5000, 4}), Error);
}

TEST(SaveStructureTest, SaysWhereItCannotWrite) {
  const auto flat = BuildStructure({}, std::vector<float>{1, 2}, {1, 2});
  EXPECT_THROW(SaveStructure(*flat, fs::path(::testing::TempDir()) / "absent" / "x.faiss"), Error);
}

}  // namespace
}  // namespace shortlist::index
