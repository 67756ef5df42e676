#include "tensor/cpu/select_rows.h"

#include <limits>
#include <vector>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

class SelectRowsTest : public EveryInstructionSet {};

TEST_P(SelectRowsTest, FindsEveryPlaceInOrder) {
  for (const std::int64_t size : {0, 1, 15, 64, 65, 200}) {
    for (std::int64_t place = 0; place < size; ++place) {
      std::vector<float> scores(static_cast<std::size_t>(size), 1);
      scores[static_cast<std::size_t>(place)] = 2;
      scores.back() = 3;
      std::vector<Scored> found(scores.size());
      const std::int64_t count = SelectAbove(scores.data(), size, 1, 1000, found.data());
      ASSERT_EQ(count, place == size - 1 ? 1 : 2);
      EXPECT_EQ(found[0].id, 1000 + place);
      EXPECT_EQ(found[static_cast<std::size_t>(count - 1)].id, 1000 + size - 1);
      EXPECT_EQ(found[static_cast<std::size_t>(count - 1)].score, 3);
    }
  }
}

TEST_P(SelectRowsTest, NanNeitherPassesNorHides) {
  for (std::size_t place = 0; place < 64; ++place) {
    std::vector<float> scores(64, std::numeric_limits<float>::quiet_NaN());
    scores[place] = 2;
    std::vector<Scored> found(scores.size());
    ASSERT_EQ(SelectAbove(scores.data(), 64, 1, 0, found.data()), 1);
    EXPECT_EQ(found[0].id, static_cast<std::int32_t>(place));
  }
}

TEST_P(SelectRowsTest, MinusInfinityIsNotAboveItself) {
  const std::vector<float> scores(70, -std::numeric_limits<float>::infinity());
  std::vector<Scored> found(scores.size());
  EXPECT_EQ(SelectAbove(scores.data(), 70, scores[0], 0, found.data()), 0);
}

INSTANTIATE_TEST_SUITE_P(Cpu, SelectRowsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
