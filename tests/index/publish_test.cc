#include "index/publish.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/bundle.h"
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

}  // namespace
}  // namespace shortlist::index
