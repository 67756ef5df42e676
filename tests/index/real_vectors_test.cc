// Recall on trained item vectors of unequal norm, asked by user vectors, at the default settings.
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/vector_files.h"
#include "index/vector_index.h"

namespace shortlist::index {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(SHORTLIST_DATA_DIR) / "derived_mips_gowalla";

struct Expectation {
  IndexKind kind;
  double recall_at_10;
  double recall_at_100;
};

void PrintTo(const Expectation& expected, std::ostream* out) {
  *out << KindName(expected.kind);
}

class RealVectorsTest : public ::testing::TestWithParam<Expectation> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "no real vectors in " << kFolder;
    items_ = ReadVectorFile<float>(kFolder / "items.fvecs.zst");
    queries_ = ReadVectorFile<float>(kFolder / "queries.fvecs.zst");
    truth_ = ReadVectorFile<std::int32_t>(kFolder / "groundtruth_ip_top100.ivecs.zst");
  }

  double RecallAt(std::int64_t k, const VectorIndex& index) const {
    const std::int64_t count = static_cast<std::int64_t>(queries_.values.size()) / queries_.width;
    double recall = 0;
    for (std::int64_t q = 0; q < count; ++q) {
      const auto truth = std::span(truth_.values).subspan(static_cast<std::size_t>(q * truth_.width));
      const std::vector<std::int32_t> best(truth.begin(), truth.begin() + k);
      recall += ShareFound(best, Ids(index.Search(Row(queries_.values, queries_.width, q), k)));
    }
    return recall / static_cast<double>(count);
  }

  VectorFile<float> items_;
  VectorFile<float> queries_;
  VectorFile<std::int32_t> truth_;
};

TEST_P(RealVectorsTest, RecallIsAtLeast) {
  const VectorIndex index = VectorIndex::Build(SettingsOf(GetParam().kind), items_.values, items_.width, 0);
  const double at_10 = RecallAt(10, index);
  const double at_100 = RecallAt(100, index);
  RecordProperty("recall_at_10", std::to_string(at_10));
  RecordProperty("recall_at_100", std::to_string(at_100));
  std::cout << KindName(GetParam().kind) << ": recall@10 " << at_10 << ", recall@100 " << at_100 << std::endl;
  EXPECT_GE(at_10, GetParam().recall_at_10);
  EXPECT_GE(at_100, GetParam().recall_at_100);
}

INSTANTIATE_TEST_SUITE_P(Kinds, RealVectorsTest,
                         ::testing::Values(Expectation{IndexKind::kFlat, 0.9999, 0.9999},
                                           Expectation{IndexKind::kHnsw, 0.98, 0.95},
                                           Expectation{IndexKind::kIvfFlat, 0.98, 0.95},
                                           Expectation{IndexKind::kIvfPqFastScan, 0.95, 0.95}),
                         [](const auto& expected) { return KindName(expected.param.kind); });

}  // namespace
}  // namespace shortlist::index
