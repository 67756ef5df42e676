#include "tensor/cpu/row_arithmetic.h"

#include <cstring>
#include <limits>
#include <vector>

#include <gmock/gmock.h>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

// Lengths around every width of vectors and of blocks of them. Small integers keep sums exact.
constexpr std::int64_t kSizes[] = {0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 127, 128, 129, 300};

std::vector<float> Counting(std::int64_t size, float first) {
  std::vector<float> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + static_cast<float>(i % 7);
  return values;
}

class RowArithmeticTest : public EveryInstructionSet {};

TEST_P(RowArithmeticTest, AddWeightedRowsInOrderAndNoFurther) {
  for (const std::int64_t size : kSizes) {
    std::vector<std::vector<float>> values;
    std::vector<WeightedRow> rows;
    for (int r = 0; r < 20; ++r) values.push_back(Counting(size, static_cast<float>(r)));
    for (int r = 0; r < 20; ++r)
      rows.push_back({values[static_cast<std::size_t>(r)].data(), static_cast<float>(r % 3)});
    std::vector<float> out(static_cast<std::size_t>(size) + 1, 1);
    AddWeightedRows(rows.data(), 18, 20, size, out.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
      float sum = 1;
      for (std::size_t r = 0; r < 18; ++r) sum += rows[r].weight * values[r][i];
      ASSERT_EQ(out[i], sum) << i << " of " << size;
    }
    EXPECT_EQ(out.back(), 1) << size;
  }
}

TEST_P(RowArithmeticTest, Dot) {
  for (const std::int64_t size : kSizes) {
    const std::vector<float> a = Counting(size, 1);
    const std::vector<float> b = Counting(size, -3);
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    EXPECT_EQ(Dot(a.data(), b.data(), size), sum) << size;
  }
}

TEST_P(RowArithmeticTest, DotRowsOfAnyNumberAndNoFurther) {
  for (const std::int64_t size : kSizes) {
    std::vector<std::vector<float>> values;
    std::vector<const void*> rows;
    for (int r = 0; r < 6; ++r) values.push_back(Counting(size, static_cast<float>(r)));
    for (const auto& row : values) rows.push_back(row.data());
    const std::vector<float> query = Counting(size, -3);
    for (std::size_t count = 0; count <= rows.size(); ++count) {
      std::vector<float> out(rows.size() + 1, -1);
      DotRows(query.data(), rows.data(), static_cast<std::int64_t>(count), size, out.data());
      for (std::size_t r = 0; r < out.size(); ++r) {
        const float expected = r < count ? Dot(query.data(), values[r].data(), size) : -1;
        ASSERT_EQ(out[r], expected) << r << " of " << count << " rows of " << size;
      }
    }
  }
}

TEST_P(RowArithmeticTest, DotByteRowsOfAnyNumberAndNoFurther) {
  for (const std::int64_t size : kSizes) {
    const std::vector<float> query = Counting(size, -3);
    const std::vector<float> base = Counting(size, -1);
    const std::vector<float> step = Counting(size, 2);
    std::vector<std::vector<std::uint8_t>> bytes(6, std::vector<std::uint8_t>(query.size()));
    std::vector<const void*> rows;
    std::vector<float> expected(bytes.size(), 0);
    for (std::size_t r = 0; r < bytes.size(); ++r) {
      for (std::size_t i = 0; i < query.size(); ++i) {
        bytes[r][i] = static_cast<std::uint8_t>(i * 37 + r * 11);
        expected[r] += query[i] * (base[i] + step[i] * static_cast<float>(bytes[r][i]));
      }
      rows.push_back(bytes[r].data());
    }
    for (std::size_t count = 0; count <= rows.size(); ++count) {
      std::vector<float> out(rows.size(), -1);
      DotByteRows(query.data(), {base.data(), step.data()}, rows.data(), static_cast<std::int64_t>(count), size,
                  out.data());
      for (std::size_t r = 0; r < out.size(); ++r) {
        ASSERT_EQ(out[r], r < count ? expected[r] : -1) << r << " of " << count << " rows of " << size;
      }
    }
  }
}

// Wherever a row stands among others, and at any address.
TEST_P(RowArithmeticTest, RowsAreSummedInOneOrder) {
  constexpr std::int64_t kSize = 77;
  std::vector<float> query(kSize);
  for (std::size_t i = 0; i < query.size(); ++i) query[i] = 1 / static_cast<float>(i + 3);
  std::vector<std::uint8_t> bytes(7 * (kSize + 1) * sizeof(float) + 1);
  std::vector<const void*> rows;
  for (std::size_t r = 0; r < 7; ++r) {
    rows.push_back(&bytes[1 + r * (kSize + 1) * sizeof(float)]);
    std::memcpy(&bytes[1 + r * (kSize + 1) * sizeof(float)], query.data(), kSize * sizeof(float));
  }
  std::vector<float> out(rows.size());
  DotRows(query.data(), rows.data(), 7, kSize, out.data());
  EXPECT_THAT(out, Each(out[0]));
  float alone = 0;
  DotRows(query.data(), &rows[3], 1, kSize, &alone);
  EXPECT_EQ(alone, out[0]);
}

TEST_P(RowArithmeticTest, ElementwiseKernels) {
  for (const std::int64_t size : kSizes) {
    const std::vector<float> x = Counting(size, -3);
    const std::vector<float> start = Counting(size, 2);
    std::vector<float> added = start;
    AddScaledRow(x.data(), 2, size, added.data());
    std::vector<float> scaled(start.size());
    ScaleRow(start.data(), 3, size, scaled.data());
    std::vector<float> averaged = start;
    AverageRow(x.data(), .5F, size, averaged.data());
    std::vector<float> kept(start.size());
    KeepWherePositive(x.data(), start.data(), size, kept.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(added[i], start[i] + 2 * x[i]);
      ASSERT_EQ(scaled[i], 3 * start[i]);
      ASSERT_EQ(averaged[i], (start[i] + x[i]) / 2);
      ASSERT_EQ(kept[i], x[i] > 0 ? start[i] : 0);
    }
  }
}

TEST_P(RowArithmeticTest, AddWithFloorLetsNanPass) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int64_t size : {1, 40}) {
    std::vector<float> values(static_cast<std::size_t>(size), nan);
    const std::vector<float> bias(values.size(), 1);
    AddWithFloor(bias.data(), 0, size, values.data());
    EXPECT_THAT(values, Each(::testing::IsNan()));
  }
  std::vector<float> values{-3, 0, 2};
  const std::vector<float> bias{1, 1, 1};
  AddWithFloor(bias.data(), 0, 3, values.data());
  EXPECT_THAT(values, ElementsAre(0, 1, 3));
}

INSTANTIATE_TEST_SUITE_P(Cpu, RowArithmeticTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
