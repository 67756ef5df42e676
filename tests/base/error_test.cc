#include "shortlist/error.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace shortlist {
namespace {

TEST(ErrorTest, CarriesCodeAndMessage) {
  const Error error(Code::kNotFound, "no such file");
  EXPECT_EQ(error.code(), Code::kNotFound);
  EXPECT_STREQ(error.what(), "no such file");
}

// The numbers cross the wire, so they are google.rpc.Code's.
TEST(ErrorTest, CodesHaveTheCanonicalNumbersAndNames) {
  EXPECT_EQ(static_cast<int>(Code::kCancelled), 1);
  EXPECT_EQ(static_cast<int>(Code::kInvalidArgument), 3);
  EXPECT_EQ(static_cast<int>(Code::kDataLoss), 15);
  EXPECT_EQ(static_cast<int>(Code::kUnauthenticated), 16);
  EXPECT_STREQ(CodeName(Code::kInvalidArgument), "INVALID_ARGUMENT");
  std::set<std::string> names;
  for (int code = 1; code <= 16; ++code) names.insert(CodeName(static_cast<Code>(code)));
  EXPECT_EQ(names.size(), 16);
}

}  // namespace
}  // namespace shortlist
