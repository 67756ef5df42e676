// 100,000 damaged indexes and manifests, behind their digests: each is refused with a typed error or is sound enough to
// be searched, and none makes the reader ask for more than twice the bytes of the honest file at once.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "base/sealed_json.h"
#include "damage/largest_allocation.h"
#include "damage/mutation.h"
#include "index/bundle.h"
#include "index/made_bundle.h"
#include "index/made_vectors.h"
#include "index/vector_index.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kVectors = kFewestStructured + 5;
constexpr std::int64_t kWidth = 3;
constexpr std::uint64_t kIndexesPerKind = 18'000;
constexpr std::uint64_t kManifests = 10'000;
// What a message, a path or a stream's buffer is.
constexpr std::size_t kSmall = 64 << 10;
// Files are read in such pieces while their digests are computed.
constexpr std::size_t kDigestPiece = 1 << 20;

struct Tally {
  int opened = 0;
  int refused = 0;
};

void Overwrite(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Opens it with `open`, which may ask for so many bytes at once.
template <class Open>
void Try(std::size_t most, std::uint64_t seed, Tally& tally, const Open& open) {
  damage::ForgetAllocations();
  try {
    open();
    ++tally.opened;
  } catch (const Error& error) {
    ++tally.refused;
    const bool typed = error.code() == Code::kDataLoss || error.code() == Code::kFailedPrecondition;
    EXPECT_TRUE(typed) << "mutation " << seed << ": " << error.what();
  }
  EXPECT_LE(damage::LargestAllocation(), most) << "mutation " << seed;
}

class MutatedIndexSlowTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  MutatedIndexSlowTest() {
    settings_.hnsw_links = 4;
    settings_.hnsw_build_depth = 20;
    settings_.lists = 20;
    VectorIndex::Build(settings_, vectors_, kWidth).Save(path_);
  }

  void LoadAndSearch() const {
    const VectorIndex index = VectorIndex::Load(path_, settings_, kVectors, kWidth);
    for (const std::int64_t k : {3, 40, 4000}) {
      for (const Neighbor& neighbor : index.Search(Row(vectors_, kWidth, 7), k)) {
        EXPECT_TRUE(neighbor.id >= 0 && neighbor.id < kVectors);
      }
    }
  }

  const ScratchDirectory folder_;
  const std::filesystem::path path_ = folder_ / "index.faiss";
  VectorIndexSettings settings_ = SettingsOf(GetParam());
  const std::vector<float> vectors_ = MadeVectors(kVectors, kWidth, 1);
};

TEST_P(MutatedIndexSlowTest, IsRefusedOrSound) {
  const std::string honest = base::ReadFile(path_);
  Tally tally;
  for (std::uint64_t seed = 0; seed < kIndexesPerKind; ++seed) {
    Overwrite(path_, damage::Mutated(honest, seed));
    settings_.load = seed % 2 == 0 ? IndexLoad::kCopy : IndexLoad::kMap;
    Try(2 * honest.size() + kSmall, seed, tally, [&] { LoadAndSearch(); });
  }
  std::cout << KindName(GetParam()) << ": " << tally.refused << " refused, " << tally.opened << " opened\n";
  EXPECT_GT(tally.refused, static_cast<int>(kIndexesPerKind / 2));
}

INSTANTIATE_TEST_SUITE_P(Kinds, MutatedIndexSlowTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

TEST(MutatedManifestSlowTest, IsRefusedOrSound) {
  const ScratchFolder folder;
  const std::filesystem::path bundle = folder.path() / "bundle";
  WriteBundle(MadeInputs(200, 20, folder.path() / "model"), bundle);
  const std::filesystem::path path = bundle / "manifest.json";
  const std::string sealed = base::ReadFile(path);
  const std::string honest = sealed.substr(0, sealed.rfind(",\n  \"sha256\"")) + "\n}";
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(bundle)) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  Tally tally;
  for (std::uint64_t seed = 0; seed < kManifests; ++seed) {
    const std::string mutated = damage::MutatedJson(honest, seed);
    try {
      Overwrite(path, base::SealJson(mutated));
    } catch (const Error&) {
      Overwrite(path, mutated);  // no object, so it cannot be sealed
    }
    Try(2 * bytes + kDigestPiece, seed, tally, [&] { Bundle::Open(bundle); });
  }
  std::cout << "manifests: " << tally.refused << " refused, " << tally.opened << " opened\n";
  EXPECT_GT(tally.refused, static_cast<int>(kManifests / 4));
}

}  // namespace
}  // namespace shortlist::index
