// A flipped, missing or cut byte in any file of any artifact is refused, and the file is named.
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "e2e/retailer.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;

void Overwrite(const std::filesystem::path& path, const std::string& contents) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
}

class DamageTest : public Retailer {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    RunAll();
  }

  // Damages each file below `artifact` in each way and expects `arguments` to fail naming it.
  void ExpectRefused(const std::filesystem::path& artifact, const std::vector<std::string>& arguments) const {
    for (const std::filesystem::path& file : FilesBelow(artifact)) {
      const std::string sound = base::ReadFile(file);
      for (const std::string& damaged : Damages(sound)) {
        Overwrite(file, damaged);
        ExpectNamed(file, arguments);
      }
      std::filesystem::remove(file);
      ExpectNamed(file, arguments);
      Overwrite(file, sound);
    }
  }

  static std::vector<std::string> Damages(const std::string& sound) {
    std::vector<std::string> damages = {sound + "x"};
    for (const std::size_t place : {std::size_t{0}, sound.size() / 2, sound.size() - 1}) {
      if (place >= sound.size()) continue;
      damages.push_back(sound);
      damages.back()[place] = static_cast<char>(damages.back()[place] ^ 1);
    }
    if (!sound.empty()) damages.push_back(sound.substr(0, sound.size() - 1));
    return damages;
  }

  void ExpectNamed(const std::filesystem::path& file, const std::vector<std::string>& arguments) const {
    const Outcome outcome = Shortlist(arguments);
    EXPECT_EQ(outcome.status, 1) << file << "\n" << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(file.filename().string())) << file;
  }
};

TEST_F(DamageTest, Dataset) {
  ExpectRefused(dataset(), {"evaluate", config_.string(), "--baselines-only"});
}

TEST_F(DamageTest, BestCheckpoint) {
  ExpectRefused(checkpoints() / "best", {"index", config_.string()});
}

TEST_F(DamageTest, LastCheckpoint) {
  ExpectRefused(checkpoints() / "last", {"train", config_.string(), "--resume"});
}

TEST_F(DamageTest, Bundle) {
  ExpectRefused(bundle(),
                {"serve", "--bundle", bundle().string(), "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"});
}

}  // namespace
}  // namespace shortlist::e2e
