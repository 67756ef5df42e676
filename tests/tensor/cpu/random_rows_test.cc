#include "tensor/cpu/random_rows.h"

#include <vector>

#include "tensor/cpu/instruction_sets.h"
#include "tensor/philox.h"

namespace shortlist::tensor::cpu {
namespace {

class RandomRowsTest : public EveryInstructionSet {};

TEST_P(RandomRowsTest, DropoutFollowsTheScalarGenerator) {
  const RandomKey key{0x123456789ABCDEF0, 0xFEDCBA9876543210};
  for (const std::int64_t size : {0, 1, 4, 31, 64, 65, 1000}) {
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{12346}}) {
      std::vector<float> values(static_cast<std::size_t>(size), 3);
      DropoutRow(key, .25F, first, size, values.data());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const float uniform = UniformOf(RandomBits(key, (first + i) / 4)[(first + i) % 4]);
        ASSERT_EQ(values[i], uniform >= .25F ? 3 * (1 / .75F) : 0) << i << " of " << size;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cpu, RandomRowsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
