#include "base/memory.h"

#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"

namespace shortlist::base {
namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;

class MemoryTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const { std::ofstream(scratch_ / name) << text; }

  std::uint64_t Available() const {
    return AvailableMemory({.control_group = scratch_.path(), .meminfo = scratch_ / "meminfo"});
  }

  ScratchDirectory scratch_;
};

TEST_F(MemoryTest, IsTheMachinesWithoutAContainer) {
  Write("meminfo", "MemTotal:       16777216 kB\nMemFree:  12 kB\nMemAvailable:    8388608 kB\n");
  EXPECT_EQ(Available(), 8 * kGibibyte);
}

TEST_F(MemoryTest, IsWhatTheContainersLimitLeavesWithItsFileCacheCountedAsFree) {
  Write("meminfo", "MemAvailable:    8388608 kB\n");
  Write("memory.max", std::to_string(4 * kGibibyte) + "\n");
  Write("memory.current", std::to_string(3 * kGibibyte) + "\n");
  EXPECT_EQ(Available(), kGibibyte);
  Write("memory.stat",
        "anon 7\ninactive_file " + std::to_string(kGibibyte) + "\nactive_file " + std::to_string(kGibibyte / 2) + "\n");
  EXPECT_EQ(Available(), 2 * kGibibyte + kGibibyte / 2);
}

TEST_F(MemoryTest, IsTheMachinesInAContainerWithoutALimit) {
  Write("meminfo", "MemAvailable:    1048576 kB\n");
  Write("memory.max", "max\n");
  Write("memory.current", "12345\n");
  EXPECT_EQ(Available(), kGibibyte);
}

TEST_F(MemoryTest, IsNothingInAFullContainer) {
  Write("memory.max", "1000\n");
  Write("memory.current", "2000\n");
  EXPECT_EQ(Available(), 0U);
}

TEST_F(MemoryTest, IsBoundlessWhereNobodyTells) {
  EXPECT_EQ(Available(), std::numeric_limits<std::uint64_t>::max());
}

TEST(OwnMemoryTest, GrowsWithWhatIsHeldAndShrinksWhenItIsReturned) {
  constexpr std::size_t kBytes = 64 << 20;
  const std::uint64_t before = OwnMemory();
  {
    const std::vector<char> held(kBytes, 1);
    EXPECT_GE(OwnMemory(), before + kBytes / 2 + held.size() / 4);
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The sanitizers' allocators keep what is freed.
  ReturnFreedMemory();
  EXPECT_LT(OwnMemory(), before + kBytes / 2);
#endif
}

}  // namespace
}  // namespace shortlist::base
