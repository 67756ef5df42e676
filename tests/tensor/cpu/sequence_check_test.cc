#include "tensor/cpu/sequence_check.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor::cpu {
namespace {

std::string Check(const std::vector<std::int64_t>& offsets, std::int64_t rows, std::int64_t longest) {
  try {
    CheckSequences("Op", {offsets.data(), static_cast<std::int64_t>(offsets.size()) - 1, rows, longest});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "fits";
}

TEST(SequenceCheckTest, AcceptsWhatFits) {
  EXPECT_EQ(Check({0, 2, 2, 5}, 5, 3), "fits");
  EXPECT_EQ(Check({0, 2}, 2, 9), "fits");
  CheckSequences("Op", {});
}

TEST(SequenceCheckTest, NamesWhatDoesNotFit) {
  EXPECT_EQ(Check({1, 2}, 2, 2), "Op: sequences.offsets[0] is 1, expected 0");
  EXPECT_EQ(Check({0, 2, 1}, 1, 2), "Op: sequences.offsets: sequence 1 has -1 rows, expected 0 to 2");
  EXPECT_EQ(Check({0, 1, 4}, 4, 2), "Op: sequences.offsets: sequence 1 has 3 rows, expected 0 to 2");
  EXPECT_EQ(Check({0, 1, 3}, 4, 2), "Op: sequences.offsets end with 3, expected 4");
}

}  // namespace
}  // namespace shortlist::tensor::cpu
