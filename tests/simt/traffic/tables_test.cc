#include "simt/traffic/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::simt {
namespace {

using ::testing::HasSubstr;

MeasuredOperation Sample(double bound) {
  return {"GatherPool", "few", "all once", 100, bound, {{"Kernel", 1, {2, 2, 2}}}};
}

TEST(TablesTest, RatioIsBytesMovedToTheLeast) {
  EXPECT_THAT(TrafficTable({Sample(1.15)}), HasSubstr("| GatherPool | few | all once | 128 | 100 | 1.280 | 1.15 |"));
  EXPECT_THAT(KernelTable({Sample(1.15)}), HasSubstr("| `Kernel` | 1 | 2 | 2 | 2.0 |"));
  EXPECT_FALSE(Sample(1.15).within_bound());
  EXPECT_TRUE(Sample(1.28).within_bound());
  EXPECT_TRUE(Sample(0).within_bound());
}

TEST(TablesTest, ASectionIsReplaced) {
  const std::string document = "a\n<!-- begin: t -->\nold\n<!-- end: t -->\nz\n";
  EXPECT_EQ(WithSection(document, "t", "new\n"), "a\n<!-- begin: t -->\nnew\n<!-- end: t -->\nz\n");
  EXPECT_THROW(WithSection(document, "u", ""), Error);
}

}  // namespace
}  // namespace shortlist::simt
