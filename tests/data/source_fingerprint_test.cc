#include "data/source_fingerprint.h"

#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

class SourceFingerprintTest : public ::testing::Test {
 protected:
  SourceFingerprintTest() {
    std::filesystem::create_directory(folder_.path() / "lake");
    folder_.Write("lake/1.csv", "user,item\n");
    folder_.Write("catalog.csv", "item\n");
    settings_.events.paths = {"lake"};
    settings_.catalog.paths = {"catalog.csv"};
  }
  std::string Fingerprint() const { return FingerprintSources(settings_, folder_.path()); }

  TemporaryFolder folder_;
  DataSettings settings_;
};

TEST_F(SourceFingerprintTest, IsTheSameWhileFilesAreTheSame) {
  EXPECT_EQ(Fingerprint(), Fingerprint());
}

TEST_F(SourceFingerprintTest, IsAnotherWithAnotherFile) {
  const std::string before = Fingerprint();
  folder_.Write("lake/2.csv", "user,item\n");
  EXPECT_NE(Fingerprint(), before);
}

TEST_F(SourceFingerprintTest, IsAnotherWhenAFileIsWrittenAnew) {
  const std::string before = Fingerprint();
  const std::filesystem::path file = folder_.path() / "lake/1.csv";
  std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + std::chrono::seconds(1));
  EXPECT_NE(Fingerprint(), before);
}

TEST_F(SourceFingerprintTest, SeesTheCatalog) {
  const std::string before = Fingerprint();
  folder_.Write("catalog.csv", "item\nlamp\n");
  EXPECT_NE(Fingerprint(), before);
}

}  // namespace
}  // namespace shortlist::data
