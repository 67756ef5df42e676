#include "simt/detector/memory_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MemoryCheckTest : public ::testing::Test {
 protected:
  MemoryCheckTest() { BeginKernel({&stream_, 1}); }

  void BeginKernel(const StreamPoint& point) {
    execution_.BeginKernel(Begin(point, "Kernel"));
    execution_.BeginBlock(0, 64);
  }
  OperationId Begin(const StreamPoint& point, const std::string& name) {
    check_.order().Queue(point);
    check_.order().Begin(point);
    return check_.order().Start(point, name);
  }
  void Touch(int thread, AccessKind kind, const void* data, std::size_t bytes = 4) {
    check_.KernelAccess(execution_, {thread, block_epoch_}, {data, bytes, bytes, kind, ++site_});
  }
  char* Opened(bool shared) {
    auto* const data = static_cast<char*>(check_.Reserve(128));
    check_.Open(data, 128, shared);
    return data;
  }
  void Write(int thread, const void* data) { Touch(thread, AccessKind::kWrite, data); }
  void Read(int thread, const void* data) { Touch(thread, AccessKind::kRead, data); }

  const int stream_ = 0, other_stream_ = 0;
  std::vector<std::string> kinds_;
  std::string text_;
  MemoryCheck check_{1 << 24, [this](const std::string& kind, const std::string& text) {
                       kinds_.push_back(kind);
                       text_ = text;
                     }};
  Execution execution_;
  char* const data_ = Opened(false);
  Site site_ = 0;
  std::uint32_t block_epoch_ = 0;
};

TEST_F(MemoryCheckTest, ForbiddenBytesAreOutOfBounds) {
  Write(0, data_ + 64);
  check_.Forbid(data_ + 64, 64);
  Read(0, data_ + 64);
  check_.Permit(data_ + 64, 64);
  Read(0, data_ + 64);
  EXPECT_THAT(kinds_, ElementsAre("out-of-bounds"));
}

TEST_F(MemoryCheckTest, WritingAndThenReadingIsSilent) {
  Write(0, data_);
  Read(0, data_);
  EXPECT_THAT(kinds_, IsEmpty());
}

TEST_F(MemoryCheckTest, ReadsOfWhatWasNeverWritten) {
  Write(0, data_);
  Touch(0, AccessKind::kRead, data_, 8);
  EXPECT_THAT(kinds_, ElementsAre("uninitialized-read"));
}

TEST_F(MemoryCheckTest, Bounds) {
  Write(0, data_ + 128);
  EXPECT_THAT(text_, HasSubstr("0 bytes behind the end of a piece of 128 bytes"));
  Touch(0, AccessKind::kWrite, data_ + 120, 16);
  EXPECT_THAT(kinds_, ElementsAre("out-of-bounds", "misaligned", "out-of-bounds"));
}

TEST_F(MemoryCheckTest, UseAfterFree) {
  check_.Close(data_, 128);
  check_.Release(data_, 128);
  Write(0, data_);
  EXPECT_THAT(kinds_, ElementsAre("use-after-free"));
}

TEST_F(MemoryCheckTest, ThreadsOfABlockRaceWithoutABarrier) {
  Write(0, data_);
  Read(1, data_);
  EXPECT_THAT(kinds_, ElementsAre("race"));
  EXPECT_THAT(text_, HasSubstr("read by Kernel block 0 thread 1"));
  EXPECT_THAT(text_, HasSubstr("not ordered with the write by Kernel block 0 thread 0"));
}

TEST_F(MemoryCheckTest, BarriersOrder) {
  Write(0, data_);
  execution_.WarpBarrier(0, ~0U);
  Read(1, data_);
  ++block_epoch_;
  Write(63, data_);
  EXPECT_THAT(kinds_, IsEmpty());
}

TEST_F(MemoryCheckTest, ASyncwarpDoesNotOrderAnotherWarp) {
  Write(0, data_);
  execution_.WarpBarrier(0, ~0U);
  execution_.WarpBarrier(1, ~0U);
  Read(32, data_);
  EXPECT_THAT(kinds_, ElementsAre("race"));
}

TEST_F(MemoryCheckTest, BlocksOfALaunchRaceInGlobalMemoryAlone) {
  char* const shared = Opened(true);
  Write(0, data_);
  Write(0, shared);
  execution_.BeginBlock(1, 64);
  Write(1, shared);
  EXPECT_THAT(kinds_, IsEmpty());
  Write(0, data_);
  EXPECT_THAT(kinds_, ElementsAre("race"));
}

TEST_F(MemoryCheckTest, LaunchesRaceUnlessTheirStreamsAreOrdered) {
  Write(0, data_);
  BeginKernel({&stream_, 2});
  Write(1, data_);
  EXPECT_THAT(kinds_, IsEmpty());
  BeginKernel({&other_stream_, 1});
  Write(0, data_);
  EXPECT_THAT(kinds_, ElementsAre("race"));
}

TEST_F(MemoryCheckTest, LibraryCallsAreJudgedToo) {
  const OperationId copy = Begin({&other_stream_, 1}, "copy");
  check_.LibraryAccess(copy, AccessKind::kRead, data_, 128);
  check_.LibraryAccess(copy, AccessKind::kWrite, data_, 128);
  Read(0, data_ + 64);
  EXPECT_THAT(kinds_, ElementsAre("uninitialized-read", "race"));
  EXPECT_THAT(text_, HasSubstr("not ordered with the write by copy"));
}

TEST_F(MemoryCheckTest, OneInstructionIsReportedOnce) {
  for (int thread = 0; thread < 4; ++thread) {
    check_.KernelAccess(execution_, {thread, block_epoch_}, {data_ + 128, 4, 4, AccessKind::kWrite, 77});
  }
  EXPECT_THAT(kinds_, ElementsAre("out-of-bounds"));
}

TEST_F(MemoryCheckTest, MemoryOfTheWrongSide) {
  check_.ForeignAccess({&site_, 4, 4, AccessKind::kRead, 1});
  check_.HostAccess({data_, 4, 4, AccessKind::kWrite, 2});
  EXPECT_THAT(kinds_, ElementsAre("host-memory", "device-memory"));
}

}  // namespace
}  // namespace shortlist::simt
