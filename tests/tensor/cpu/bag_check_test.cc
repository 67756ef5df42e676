#include "tensor/cpu/bag_check.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor::cpu {
namespace {

std::string Check(const std::vector<std::int32_t>& ids, const std::vector<std::int64_t>& offsets,
                  std::int64_t table_rows) {
  try {
    CheckBags("Op",
              {ids.data(), nullptr, offsets.data(), static_cast<std::int64_t>(offsets.size()) - 1,
               static_cast<std::int64_t>(ids.size())},
              table_rows);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "fits";
}

TEST(BagCheckTest, AcceptsWhatFits) {
  EXPECT_EQ(Check({0, 4, 2}, {0, 0, 3, 3}, 5), "fits");
  EXPECT_EQ(Check({}, {0}, 0), "fits");
  CheckBags("Op", {}, 0);
}

TEST(BagCheckTest, NamesTheFirstIdOutside) {
  EXPECT_EQ(Check({0, 5, 9}, {0, 3}, 5), "Op: ids[1] is 5, outside the 5 rows of the table");
  EXPECT_EQ(Check({0, 1, -1}, {0, 3}, 5), "Op: ids[2] is -1, outside the 5 rows of the table");
}

TEST(BagCheckTest, TheLargestAndTheSmallestIds) {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  constexpr std::int32_t kSmallest = std::numeric_limits<std::int32_t>::min();
  EXPECT_EQ(Check({kLargest}, {0, 1}, std::int64_t{kLargest} + 1), "fits");
  EXPECT_EQ(Check({kLargest}, {0, 1}, kLargest), "Op: ids[0] is 2147483647, outside the 2147483647 rows of the table");
  EXPECT_EQ(Check({kSmallest}, {0, 1}, std::int64_t{kLargest} + 1),
            "Op: ids[0] is -2147483648, outside the 2147483648 rows of the table");
  EXPECT_EQ(Check({0}, {0, 1}, 0), "Op: ids[0] is 0, outside the 0 rows of the table");
}

TEST(BagCheckTest, NamesTheOffsetThatDoesNotRise) {
  EXPECT_EQ(Check({0, 1}, {1, 2}, 5), "Op: offsets[0] is 1 after 0; offsets must rise from 0 to 2");
  EXPECT_EQ(Check({0, 1}, {0, 2, 1}, 5), "Op: offsets[2] is 1 after 2; offsets must rise from 0 to 2");
  EXPECT_EQ(Check({0, 1}, {0, 3}, 5), "Op: offsets[1] is 3 after 0; offsets must rise from 0 to 2");
  EXPECT_EQ(Check({0, 1}, {0, 1}, 5), "Op: offsets end at 1 but there are 2 ids");
}

}  // namespace
}  // namespace shortlist::tensor::cpu
