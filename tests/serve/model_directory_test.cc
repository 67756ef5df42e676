#include "serve/model_directory.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ModelDirectoryTest : public ::testing::Test {
 protected:
  const fs::path& models() const { return folder_.path(); }

  void Write(const std::string& file, const std::string& text) const {
    fs::create_directories((models() / file).parent_path());
    std::ofstream(models() / file) << text;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const VersionOnDisk& version : ListVersions(models())) names.push_back(version.name);
    return names;
  }

  std::string Fingerprint() const { return ListVersions(models()).back().fingerprint; }

  ScratchFolder folder_;
};

TEST_F(ModelDirectoryTest, OrdersVersionsByNameWithNumbersAsNumbers) {
  for (const char* name : {"v10", "v9", "v100"}) Write(std::string(name) + "/manifest.json", "{}");
  EXPECT_THAT(Names(), ElementsAre("v9", "v10", "v100"));
}

TEST_F(ModelDirectoryTest, PassesOverWhatIsNoVersion) {
  Write("v1/manifest.json", "{}");
  Write(".hidden/manifest.json", "{}");
  Write("v2.tmp.71.0/manifest.json", "{}");
  Write("README", "not a folder");
  EXPECT_THAT(Names(), ElementsAre("v1"));
}

TEST_F(ModelDirectoryTest, CountsAVersionWithoutAManifestAsIncomplete) {
  Write("v1/items.faiss", "x");
  EXPECT_FALSE(ListVersions(models()).front().complete);
  Write("v1/manifest.json", "{}");
  EXPECT_TRUE(ListVersions(models()).front().complete);
}

TEST_F(ModelDirectoryTest, TakesABundleThatStandsAlone) {
  Write("manifest.json", "{}");
  Write("model/weights", "x");
  EXPECT_THAT(Names(), ElementsAre(models().filename().string()));
}

TEST_F(ModelDirectoryTest, SeesEveryChangeOfAFile) {
  Write("v1/manifest.json", "{}");
  Write("v1/model/weights", "abc");
  const std::string first = Fingerprint();
  EXPECT_EQ(Fingerprint(), first);
  Write("v1/model/weights", "abcd");
  const std::string longer = Fingerprint();
  EXPECT_NE(longer, first);
  fs::last_write_time(models() / "v1/model/weights", fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_NE(Fingerprint(), longer);
}

TEST_F(ModelDirectoryTest, SeesALinkThatMovesOnAsKubernetesMovesIt) {
  Write("..2026_a/bundle/manifest.json", "{}");
  Write("..2026_b/bundle/manifest.json", "{}");
  for (const char* revision : {"..2026_a", "..2026_b"}) {
    fs::last_write_time(models() / revision / "bundle/manifest.json", fs::file_time_type());
  }
  fs::create_directory_symlink("..2026_a", models() / "..data");
  fs::create_directory_symlink("..data/bundle", models() / "bundle");
  const VersionOnDisk before = ListVersions(models()).front();
  EXPECT_EQ(before.path, fs::canonical(models() / "..2026_a/bundle"));
  fs::create_directory_symlink("..2026_b", models() / "..data_tmp");
  fs::rename(models() / "..data_tmp", models() / "..data");
  const VersionOnDisk after = ListVersions(models()).front();
  EXPECT_EQ(after.name, before.name);
  EXPECT_NE(after.fingerprint, before.fingerprint);
}

TEST_F(ModelDirectoryTest, IsEmptyWhenNothingIsThere) {
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ModelDirectoryTest, SaysWhichDirectoryIsMissing) {
  try {
    ListVersions(models() / "gone");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("gone"));
  }
}

}  // namespace
}  // namespace shortlist::serve
