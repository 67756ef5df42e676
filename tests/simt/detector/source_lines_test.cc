#include "simt/detector/source_lines.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

// A call, so that there is a return address.
[[gnu::noinline]] Site SiteOfCaller() {
  return SourceLines::Of(__builtin_return_address(0));
}

TEST(SourceLinesTest, NamesTheLineOfAnInstruction) {
  const Site site = SiteOfCaller();
  const int line = __LINE__ - 1;
  EXPECT_EQ(SourceLines().Text(site), "source_lines_test.cc:" + std::to_string(line));
}

TEST(SourceLinesTest, NamesCallSites) {
  SourceLines lines;
  const Site first = lines.Of(CallSite{"folder/kernel.cu", 7});
  const Site second = lines.Of(CallSite{"folder/kernel.cu", 8});
  EXPECT_NE(first, second);
  EXPECT_EQ(lines.Of(CallSite{"folder/kernel.cu", 7}), first);
  EXPECT_EQ(lines.Text(second), "kernel.cu:8");
}

TEST(SourceLinesTest, KnowsTheProgramsOwnData) {
  static const int constant = 1;
  const int local = 1;
  EXPECT_TRUE(InProgram(&constant));
  EXPECT_FALSE(InProgram(&local));
}

}  // namespace
}  // namespace shortlist::simt
