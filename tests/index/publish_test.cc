#include "index/publish.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "index/bundle.h"
#include "index/bundle_manifest.h"
#include "index/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class PublishTest : public ::testing::Test {
 protected:
  PublishTest() : version_(WriteBundle(MadeInputs(30, 6, folder_.path() / "model"), bundle_).version) {}

  void ExpectRefused(Code code, const std::string& named) const {
    try {
      PublishBundle(bundle_, models_);
      ADD_FAILURE() << "published";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(named));
    }
  }

  ScratchFolder folder_;
  fs::path bundle_ = folder_.path() / "bundle";
  fs::path models_ = folder_.path() / "shop/models";
  std::string version_;
};

TEST_F(PublishTest, CopiesABundleUnderItsVersion) {
  EXPECT_EQ(PublishBundle(bundle_, models_), version_);
  EXPECT_EQ(Bundle::Open(models_ / version_).version(), version_);
  EXPECT_EQ(std::distance(fs::directory_iterator(models_), {}), 1) << "leftovers";
}

TEST_F(PublishTest, DoesNothingTheSecondTime) {
  PublishBundle(bundle_, models_);
  const auto time = fs::last_write_time(models_ / version_ / "manifest.json");
  EXPECT_EQ(PublishBundle(bundle_, models_), version_);
  EXPECT_EQ(fs::last_write_time(models_ / version_ / "manifest.json"), time);
}

TEST_F(PublishTest, TakesAwayWhatAKilledRemovalOfAnotherVersionLeft) {
  PublishBundle(bundle_, models_);
  fs::create_directories(models_ / "20200101T000000Z-0a0b0c0d.tmp.1.0/20200101T000000Z-0a0b0c0d");
  PublishBundle(bundle_, models_);
  EXPECT_EQ(std::distance(fs::directory_iterator(models_), {}), 1);
}

TEST_F(PublishTest, RefusesADamagedBundleAndLeavesNothing) {
  std::ofstream(bundle_ / "users.faiss", std::ios::app) << 'x';
  ExpectRefused(Code::kDataLoss, "users.faiss");
  EXPECT_FALSE(fs::exists(models_ / version_));
}

TEST_F(PublishTest, RefusesToReplaceSomethingElse) {
  WriteBundle(MadeInputs(20, 4, folder_.path() / "other_model"), models_ / version_);
  ExpectRefused(Code::kAlreadyExists, version_);
}

TEST_F(PublishTest, SaysWhereThereIsNoBundle) {
  fs::remove(bundle_ / "manifest.json");
  ExpectRefused(Code::kNotFound, "manifest.json");
}

class PublishGateTest : public PublishTest {
 protected:
  // Writes the manifest of the bundle anew with this recall of the index of items.
  void SetRecall(double value) const {
    BundleManifest manifest = ReadManifest(bundle_ / "manifest.json").manifest;
    manifest.items.recall.value = value;
    base::WriteFileAtomically(bundle_ / "manifest.json", ToJson(manifest));
  }

  BundleManifest Published() const { return ReadManifest(models_ / version_ / "manifest.json").manifest; }
};

TEST_F(PublishGateTest, RefusesABundleBelowItsTarget) {
  SetRecall(0.9);
  ExpectRefused(Code::kFailedPrecondition, "recall@3 0.9000");
  EXPECT_FALSE(fs::exists(models_ / version_));
}

TEST_F(PublishGateTest, AForcedCopySaysSoAndOpens) {
  SetRecall(0.9);
  EXPECT_EQ(PublishBundle(bundle_, models_, std::nullopt, RecallGate::kForce), version_);
  ASSERT_EQ(Published().forced.size(), 1U);
  EXPECT_EQ(Published().forced[0].stage, "publish");
  EXPECT_THAT(Published().forced[0].reason, HasSubstr("less than index.target_recall, 0.95"));
  EXPECT_NO_THROW(Bundle::Open(models_ / version_));
  EXPECT_EQ(PublishBundle(bundle_, models_), version_) << "it is there already";
}

TEST_F(PublishGateTest, RefusesABundleThatIsWorseThanTheServedOneByMoreThanTheMargin) {
  const fs::path served = folder_.path() / "served";
  fs::copy(bundle_, served, fs::copy_options::recursive);
  SetRecall(0.98);
  try {
    PublishBundle(bundle_, models_, served);
    ADD_FAILURE() << "published";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr("less than the 1.0000 of version " + version_));
  }
  SetRecall(0.995);
  EXPECT_EQ(PublishBundle(bundle_, models_, served), version_);
  EXPECT_TRUE(Published().forced.empty());
}

}  // namespace
}  // namespace shortlist::index
