#include "tensor/cpu/code_sums.h"

#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

class CodeSumsTest : public EveryInstructionSet {};

// 32 vectors of codes, in a block.
struct Coded {
  explicit Coded(std::int64_t count) : codes(count), vectors(32), block(static_cast<std::size_t>(16 * count)) {
    std::mt19937 random(static_cast<unsigned>(count));
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      for (std::int64_t c = 0; c < count; ++c) Set(v, c, static_cast<std::uint8_t>(random() % 16));
    }
  }

  void Set(std::size_t vector, std::int64_t code, std::uint8_t value) {
    vectors[vector].push_back(value);
    const std::size_t within = vector % 16;
    const std::size_t byte = within % 8 * 2 + within / 8;
    block[static_cast<std::size_t>(16 * code) + byte] |= static_cast<std::uint8_t>(vector < 16 ? value : value << 4);
  }

  std::int64_t codes;
  std::vector<std::vector<std::uint8_t>> vectors;
  std::vector<std::uint8_t> block;
};

std::vector<std::uint16_t> ByDefinition(const Coded& coded, const std::vector<std::uint8_t>& tables) {
  std::vector<std::uint16_t> sums;
  for (const std::vector<std::uint8_t>& vector : coded.vectors) {
    unsigned sum = 0;
    for (std::size_t c = 0; c < vector.size(); ++c) sum += tables[16 * c + vector[c]];
    sums.push_back(static_cast<std::uint16_t>(sum));
  }
  return sums;
}

TEST_P(CodeSumsTest, AreThoseOfTheDefinition) {
  for (const std::int64_t codes : {0, 1, 2, 5, 34, 257}) {
    const Coded coded(codes);
    std::mt19937 random(7);
    std::vector<std::uint8_t> tables(static_cast<std::size_t>(16 * codes));
    for (std::uint8_t& entry : tables) entry = static_cast<std::uint8_t>(random());
    std::vector<std::uint16_t> sums(33, 9);
    SumCodeEntries(tables.data(), coded.block.data(), codes, sums.data());
    EXPECT_EQ(sums.back(), 9) << codes;
    sums.pop_back();
    EXPECT_EQ(sums, ByDefinition(coded, tables)) << codes;
  }
}

TEST_P(CodeSumsTest, ReachTheLargestWord) {
  const Coded coded(257);
  const std::vector<std::uint8_t> tables(std::size_t{16} * 257, 255);
  std::vector<std::uint16_t> sums(32);
  SumCodeEntries(tables.data(), coded.block.data(), 257, sums.data());
  EXPECT_EQ(sums, std::vector<std::uint16_t>(32, 65535));
}

INSTANTIATE_TEST_SUITE_P(Targets, CodeSumsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
