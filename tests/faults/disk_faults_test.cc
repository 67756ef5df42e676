// A disk that is full when a version is published, and one that does not answer while one is loaded.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "e2e/program.h"
#include "faults/served_models.h"
#include "serve/made_bundle.h"

namespace shortlist::faults {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Runs a shell command with a file system of 64 KiB mounted on `place`, in a mount namespace of its own.
int RunOnSmallDisk(const fs::path& place, const std::string& command) {
  const std::string inside = "mount -t tmpfs -o size=64k none " + place.string() + " && " + command;
  return std::system(("unshare --user --map-root-user --mount sh -c '" + inside + "'").c_str());
}

TEST(DiskFaults, APublishOnAFullDiskFailsAndLeavesNothing) {
  const serve::ScratchFolder folder;
  const fs::path models = folder.path() / "models";
  fs::create_directories(models);
  if (RunOnSmallDisk(models, "true") != 0) GTEST_SKIP() << "no right to mount in a namespace here";
  const fs::path bundle = serve::WriteMadeBundle(serve::MadeRetailer(), folder.path());
  const std::string log = (folder.path() / "publish.log").string();
  const std::string listing = (folder.path() / "listing").string();
  const std::string fill = "dd if=/dev/zero of=" + models.string() + "/fill bs=1k count=60 2>/dev/null; ";
  const std::string publish = std::string(SHORTLIST_PROGRAM) + " publish --bundle " + bundle.string() + " --models " +
                              models.string() + " >" + log + " 2>&1; echo status $? >>" + log + "; ";
  ASSERT_EQ(RunOnSmallDisk(models, fill + publish + "ls -A " + models.string() + " >" + listing), 0);
  std::string text;
  std::getline(std::ifstream(log), text, '\0');
  EXPECT_THAT(text, HasSubstr("No space left on device"));
  EXPECT_THAT(text, HasSubstr("status 1"));
  std::getline(std::ifstream(listing), text, '\0');
  EXPECT_EQ(text, "fill\n");
}

class HangingDisk : public ServedModels {
 protected:
  // Servers that begin from now on hang when they open a file whose path holds `part`.
  void HangAt(const std::string& part) {
    setenv("HANGING_FILE", part.c_str(), 1);
    setenv("LD_PRELOAD", HANGING_DISK, 1);
  }
  void TearDown() override {
    unsetenv("LD_PRELOAD");
    unsetenv("HANGING_FILE");
  }
};

TEST_F(HangingDisk, AStartThatIsToldToStopDoesNotWaitForIt) {
  HangAt("v1/items.faiss");
  e2e::Program program(
      {"serve", "--bundle", models().string(), "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"},
      folder_.path());
  ASSERT_TRUE(program.WaitForLog("the disk hangs"));
  program.Signal(SIGTERM);
  const e2e::Outcome outcome = program.Wait();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(HangingDisk, AServerThatLoadsAVersionLeavesWithoutIt) {
  HangAt("v2/items.faiss");
  Serve();
  Publish("v2");
  ASSERT_TRUE(server().WaitForLog("the disk hangs"));
  EXPECT_EQ(Version("v2").state, "loading");
  ExpectAnswer();
  EXPECT_EQ(Stop().status, 0);
}

}  // namespace
}  // namespace shortlist::faults
