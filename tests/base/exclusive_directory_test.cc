#include "base/exclusive_directory.h"

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

TEST(ExclusiveDirectoryTest, HasOneHolderAtATime) {
  const ScratchDirectory scratch;
  const std::filesystem::path path = scratch / "made/below";
  {
    const ExclusiveDirectory held(path);
    EXPECT_TRUE(std::filesystem::is_directory(held.path()));
    EXPECT_THROW(ExclusiveDirectory{path}, Error);
  }
  EXPECT_NO_THROW(ExclusiveDirectory{path});
}

TEST(ExclusiveDirectoryTest, RemovesWhatAKilledWriterLeft) {
  const ScratchDirectory scratch;
  const pid_t child = fork();
  if (child == 0) {
    const AtomicFile file(scratch / "part");
    _exit(0);  // without destruction, as a kill would
  }
  waitpid(child, nullptr, 0);
  WriteFileAtomically(scratch / "whole", "kept");
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 2);
  const ExclusiveDirectory held(scratch.path());
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
  EXPECT_EQ(ReadFile(scratch / "whole"), "kept");
}

}  // namespace
}  // namespace shortlist::base
