#include "serve/snapshot.h"

#include <fstream>
#include <numeric>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

class SnapshotTest : public ::testing::Test {
 protected:
  void ExpectRefused(const std::filesystem::path& bundle, Code code, const std::string& message) {
    try {
      ServingSnapshot::Load(bundle);
      FAIL() << "loaded a bundle that should be refused: " << message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }

  ScratchFolder folder_;
  MadeRetailer retailer_;
};

void FlipByte(const std::filesystem::path& path, std::streamoff place) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(place);
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(place);
  file.put(byte);
}

TEST_F(SnapshotTest, EncodesShoppersAsTheModelDoes) {
  const auto snapshot = ServingSnapshot::Load(WriteMadeBundle(retailer_, folder_.path()));
  const std::vector<std::int32_t> items = {4, 8, 15};
  const std::vector<std::int64_t> times = {kFirstTime, kFirstTime + kDay, kFirstTime + 3 * kDay};
  const std::int64_t now = kFirstTime + 4 * kDay;
  const features::Record context = {{"device", std::string("phone")}, {"basket", 7.0}};
  base::QueryBatch batch;
  snapshot->AppendShopper({items, times}, now, context, batch);
  snapshot->AppendShopper({items, times}, now, {}, batch);
  const std::vector<float> vectors = snapshot->EncodeShoppers(batch);
  const auto expected = retailer_.ShopperVector(items, times, now, context);
  ASSERT_EQ(vectors.size(), 2 * expected.size());
  EXPECT_THAT(std::vector<float>(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(expected.size())),
              Pointwise(FloatNear(1e-5F), expected));
  EXPECT_FALSE(
      std::equal(expected.begin(), expected.end(), vectors.end() - static_cast<std::ptrdiff_t>(expected.size())))
      << "context makes no difference";
}

TEST_F(SnapshotTest, EncodesNobody) {
  const auto snapshot = ServingSnapshot::Load(WriteMadeBundle(retailer_, folder_.path()));
  EXPECT_TRUE(snapshot->EncodeShoppers({}).empty());
}

TEST_F(SnapshotTest, KnowsTheContextThatItReads) {
  const auto snapshot = ServingSnapshot::Load(WriteMadeBundle(retailer_, folder_.path()));
  EXPECT_TRUE(snapshot->ReadsContext("device"));
  EXPECT_FALSE(snapshot->ReadsContext("weather"));
}

TEST_F(SnapshotTest, LeavesTheItemsOwnTermOutOfNeighborQueries) {
  const auto snapshot = ServingSnapshot::Load(WriteMadeBundle(retailer_, folder_.path()));
  EXPECT_NE(snapshot->bundle().items().Vector(30).back(), 0);
  const std::vector<float> query = snapshot->WithoutPrior(snapshot->bundle().items().Vector(30));
  EXPECT_EQ(query.back(), 0);
  EXPECT_NEAR(std::inner_product(query.begin(), query.end(), query.begin(), 0.0), 1, 1e-5) << "cosine";
  EXPECT_EQ(snapshot->UserQuery(3).back(), 0);
}

TEST_F(SnapshotTest, LoadsEveryKindOfIndex) {
  for (const IndexKind kind : {IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat, IndexKind::kIvfPqFastScan}) {
    const ScratchFolder folder;
    const auto snapshot = ServingSnapshot::Load(WriteMadeBundle(retailer_, folder.path(), kind));
    EXPECT_EQ(snapshot->bundle().items().Search(snapshot->UserQuery(3), 5).size(), 5U);
  }
}

TEST_F(SnapshotTest, RefusesDamagedAndMissingFilesByName) {
  const auto bundle = WriteMadeBundle(retailer_, folder_.path());
  FlipByte(bundle / "items.faiss", 100);
  ExpectRefused(bundle, Code::kDataLoss, "items.faiss");
  FlipByte(bundle / "items.faiss", 100);
  EXPECT_NE(ServingSnapshot::Load(bundle), nullptr);
  std::filesystem::remove(bundle / "model" / "weights.safetensors");
  ExpectRefused(bundle, Code::kDataLoss, "weights.safetensors");
}

TEST_F(SnapshotTest, RefusesVectorsThatTheModelDoesNotWrite) {
  index::BundleInputs inputs = retailer_.Inputs(IndexKind::kFlat, folder_.path() / "model");
  inputs.item_vectors = MadeRetailer(8).ItemVectors();
  index::WriteBundle(inputs, folder_.path() / "bundle");
  ExpectRefused(folder_.path() / "bundle", Code::kFailedPrecondition, "writes another vector for item 0");
}

TEST_F(SnapshotTest, RefusesAModelOfOtherItems) {
  index::BundleInputs inputs = retailer_.Inputs(IndexKind::kFlat, folder_.path() / "model");
  inputs.item_vectors.resize(inputs.item_vectors.size() - static_cast<std::size_t>(inputs.vector_width));
  inputs.item_ids.pop_back();
  inputs.titles.pop_back();
  inputs.attributes_json.pop_back();
  inputs.popular_items.erase(inputs.popular_items.begin());
  for (std::int32_t& item : inputs.history_items) item %= kItems - 1;
  index::WriteBundle(inputs, folder_.path() / "bundle");
  ExpectRefused(folder_.path() / "bundle", Code::kDataLoss, "its model has 50 items where the rest of it has 49");
}

TEST_F(SnapshotTest, RefusesAContextGraphOfAnotherModel) {
  index::BundleInputs inputs = retailer_.Inputs(IndexKind::kFlat, folder_.path() / "model");
  inputs.context_graph_json = inputs.item_graph_json;
  index::WriteBundle(inputs, folder_.path() / "bundle");
  ExpectRefused(folder_.path() / "bundle", Code::kDataLoss, "context features");
}

}  // namespace
}  // namespace shortlist::serve
