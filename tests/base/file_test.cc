#include "base/file.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string> Names(const std::filesystem::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

Code CodeOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return Code::kUnknown;
}

// Runs `action`, which ends with KillMyself(), in another process.
void RunElsewhere(const std::function<void()>& action) {
  const pid_t child = fork();
  if (child == 0) {
    action();
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
}

// As by `kill -9`: no destructor runs.
void KillMyself() {
  raise(SIGKILL);
}

TEST(AtomicFileTest, AppearsOnlyWhenCommitted) {
  const ScratchDirectory scratch;
  AtomicFile file(scratch / "a.txt");
  file.stream() << "whole";
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.txt"));
  file.Commit();
  EXPECT_EQ(ReadFile(scratch / "a.txt"), "whole");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.txt"));
}

TEST(AtomicFileTest, LeavesNothingWithoutCommit) {
  const ScratchDirectory scratch;
  { AtomicFile(scratch / "a.txt").stream() << "half"; }
  EXPECT_THAT(Names(scratch.path()), IsEmpty());
}

TEST(AtomicFileTest, AKillBeforeCommitLeavesTheOldFile) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a.txt", "old");
  RunElsewhere([&] {
    AtomicFile file(scratch / "a.txt");
    file.stream() << "new, but not finished" << std::flush;
    KillMyself();
  });
  EXPECT_EQ(ReadFile(scratch / "a.txt"), "old");
  WriteFileAtomically(scratch / "a.txt", "new");
  EXPECT_EQ(ReadFile(scratch / "a.txt"), "new");
}

TEST(AtomicFileTest, LeavesAFileThatWasFirstIfToldSo) {
  const ScratchDirectory scratch;
  for (const char* contents : {"first", "second"}) {
    AtomicFile file(scratch / "key");
    file.stream() << contents;
    file.CommitIfAbsent();
  }
  EXPECT_EQ(ReadFile(scratch / "key"), "first");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("key"));
}

TEST(AtomicFileTest, DoesNotTouchTheTemporaryFileOfAnotherWriter) {
  const ScratchDirectory scratch;
  AtomicFile first(scratch / "a.txt");
  AtomicFile second(scratch / "a.txt");
  EXPECT_NE(first.temporary_path(), second.temporary_path());
  first.stream() << "first";
  second.stream() << "second";
  second.Commit();
  first.Commit();
  EXPECT_EQ(ReadFile(scratch / "a.txt"), "first");
}

TEST(AtomicFileTest, AMissingFolderIsNamed) {
  const ScratchDirectory scratch;
  try {
    const AtomicFile file(scratch / "missing/a.txt");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("missing/a.txt"));
  }
}

// A limit on the size of files stands for a full disk.
TEST(AtomicFileTest, AWriteThatFailsIsAnErrorAndLeavesTheOldFile) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a.txt", "old");
  EXPECT_EXIT(
      {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 1000;
        setrlimit(RLIMIT_FSIZE, &limit);
        std::exit(CodeOf([&] { WriteFileAtomically(scratch / "a.txt", std::string(100000, 'x')); }) ==
                          Code::kUnavailable
                      ? 0
                      : 1);
      },
      ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(ReadFile(scratch / "a.txt"), "old");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("a.txt"));
}

TEST(AtomicDirectoryTest, AppearsWhole) {
  const ScratchDirectory scratch;
  AtomicDirectory directory(scratch / "parent/artifact/");
  std::ofstream(directory.path() / "one") << 1;
  EXPECT_FALSE(std::filesystem::exists(scratch / "parent/artifact"));
  directory.Commit();
  EXPECT_THAT(Names(scratch / "parent/artifact"), ElementsAre("one"));
  EXPECT_THAT(Names(scratch / "parent"), ElementsAre("artifact"));
}

TEST(AtomicDirectoryTest, ReplacesTheOldDirectoryWithAllItsFiles) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "artifact");
  std::ofstream(scratch / "artifact/old") << 1;
  {
    AtomicDirectory directory(scratch / "artifact");
    std::ofstream(directory.path() / "new") << 2;
    EXPECT_THAT(Names(scratch / "artifact"), ElementsAre("old"));
    directory.Commit();
  }
  EXPECT_THAT(Names(scratch / "artifact"), ElementsAre("new"));
  EXPECT_THAT(Names(scratch.path()), ElementsAre("artifact"));
}

TEST(AtomicDirectoryTest, LeavesNothingWithoutCommit) {
  const ScratchDirectory scratch;
  { const AtomicDirectory directory(scratch / "artifact"); }
  EXPECT_THAT(Names(scratch.path()), IsEmpty());
}

TEST(AtomicDirectoryTest, AKillLeavesTheOldAndTheNextWriterCleansUp) {
  const ScratchDirectory scratch;
  {
    AtomicDirectory directory(scratch / "artifact");
    std::ofstream(directory.path() / "old") << 1;
    directory.Commit();
  }
  RunElsewhere([&] {
    const AtomicDirectory directory(scratch / "artifact");
    std::ofstream(directory.path() / "half") << 2;
    KillMyself();
  });
  EXPECT_THAT(Names(scratch / "artifact"), ElementsAre("old"));
  EXPECT_EQ(Names(scratch.path()).size(), 2);
  const AtomicDirectory next(scratch / "artifact");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("artifact", next.path().filename().string()));
  EXPECT_THAT(Names(next.path()), IsEmpty());
}

TEST(AtomicDirectoryTest, SparesTheWorkOfALivingWriter) {
  const ScratchDirectory scratch;
  const AtomicDirectory first(scratch / "artifact");
  const AtomicDirectory second(scratch / "artifact");
  EXPECT_TRUE(std::filesystem::exists(first.path()));
  EXPECT_NE(first.path(), second.path());
}

TEST(AtomicDirectoryTest, SparesNeighborsWithOtherNames) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "other.tmp.1.0");
  std::filesystem::create_directory(scratch / "artifact.old");
  const AtomicDirectory directory(scratch / "artifact");
  EXPECT_TRUE(std::filesystem::exists(scratch / "other.tmp.1.0"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "artifact.old"));
}

TEST(RemoveDirectoryTest, AKillLeavesAllOfItOrNothing) {
  constexpr int kFiles = 200;
  const ScratchDirectory scratch;
  for (int round = 0; round < 20; ++round) {
    std::filesystem::create_directory(scratch / "artifact");
    for (int file = 0; file < kFiles; ++file) std::ofstream(scratch / "artifact" / std::to_string(file)) << file;
    const pid_t child = fork();
    if (child == 0) {
      RemoveDirectory(scratch / "artifact");
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    if (std::filesystem::exists(scratch / "artifact")) {
      EXPECT_EQ(Names(scratch / "artifact").size(), kFiles);
    }
    RemoveDirectory(scratch / "artifact");
  }
}

TEST(RemoveDirectoryTest, TakesAwayWhatAKilledRemovalLeft) {
  const ScratchDirectory scratch;
  for (const bool is_there : {true, false}) {
    std::filesystem::create_directories(scratch / "artifact.tmp.1.0/part");
    if (is_there) std::filesystem::create_directory(scratch / "artifact");
    RemoveDirectory(scratch / "artifact/");
    EXPECT_THAT(Names(scratch.path()), IsEmpty()) << is_there;
  }
}

TEST(RemoveAbandonedDirectoriesTest, SparesWhatIsWrittenAndWhatIsWhole) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "first.tmp.1.0/part");
  std::filesystem::create_directories(scratch / "second.tmp.2.0/second");
  std::filesystem::create_directory(scratch / "whole");
  std::ofstream(scratch / "file.tmp.1.0") << "may be under way";
  const AtomicDirectory written(scratch / "third");
  RemoveAbandonedDirectories(scratch.path());
  EXPECT_THAT(Names(scratch.path()),
              ::testing::UnorderedElementsAre("whole", "file.tmp.1.0", written.path().filename().string()));
}

TEST(RemoveDirectoryTest, OfALinkTakesAwayTheLinkAlone) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "elsewhere/part");
  std::filesystem::create_directory_symlink(scratch / "elsewhere", scratch / "artifact");
  RemoveDirectory(scratch / "artifact");
  EXPECT_THAT(Names(scratch.path()), ElementsAre("elsewhere"));
  EXPECT_THAT(Names(scratch / "elsewhere"), ElementsAre("part"));
}

TEST(RemoveDirectoryTest, WhatIsNotThereIsNoError) {
  const ScratchDirectory scratch;
  EXPECT_NO_THROW(RemoveDirectory(scratch / "artifact"));
}

TEST(MakeDirectoriesTest, MakesWhatIsMissing) {
  const ScratchDirectory scratch;
  MakeDirectories(scratch / "a/b");
  MakeDirectories(scratch / "a/b");
  EXPECT_TRUE(std::filesystem::is_directory(scratch / "a/b"));
  WriteFileAtomically(scratch / "a/file", "");
  EXPECT_EQ(CodeOf([&] { MakeDirectories(scratch / "a/file/c"); }), Code::kUnavailable);
}

TEST(MappedFileTest, ReadsBytes) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a", std::string("a\0b", 3));
  const MappedFile file(scratch / "a");
  EXPECT_EQ(std::memcmp(file.bytes().data(), "a\0b", 3), 0);
  EXPECT_EQ(file.bytes().size(), 3);
}

TEST(MappedFileTest, AnEmptyFileIsAnEmptySpan) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a", "");
  EXPECT_TRUE(MappedFile(scratch / "a").bytes().empty());
  EXPECT_EQ(ReadFile(scratch / "a"), "");
}

TEST(MappedFileTest, MovingKeepsThePages) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a", "aaa");
  WriteFileAtomically(scratch / "b", "bb");
  MappedFile first(scratch / "a");
  MappedFile second(scratch / "b");
  second = std::move(first);
  EXPECT_EQ(second.bytes().size(), 3);
  const MappedFile third(std::move(second));
  EXPECT_EQ(third.bytes()[2], std::byte{'a'});
}

TEST(MappedFileTest, WhatIsNoFileIsRefused) {
  const ScratchDirectory scratch;
  EXPECT_EQ(CodeOf([&] { MappedFile(scratch / "missing"); }), Code::kNotFound);
  EXPECT_EQ(CodeOf([&] { MappedFile{scratch.path()}; }), Code::kInvalidArgument);
}

// Test vectors of FIPS 180-2.
TEST(Sha256Test, KnownDigests) {
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "a", std::string(1000000, 'a'));
  EXPECT_EQ(Sha256OfFile(scratch / "a"), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace shortlist::base
