#include "train/wire.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "train/thread_ranks.h"

namespace shortlist::train {
namespace {

constexpr int kRanks = 3;
constexpr std::int64_t kCount = 10;  // which three ranks cannot share evenly

// 1/3 of numbers that differ by rank and place: bfloat16 has none of them exactly.
float Value(int rank, std::int64_t place) {
  return static_cast<float>(10 * rank + place + 1) / 3;
}

class WireTest : public testing::TestWithParam<WireFormat> {
 protected:
  // Of half a unit in the last of 8 or 24 bits.
  static double Roundoff() { return GetParam() == WireFormat::kBfloat16 ? 0x1p-8 : 0x1p-24; }
  static std::int64_t BytesPerValue() { return GetParam() == WireFormat::kBfloat16 ? 2 : 4; }
  static void OnRanks(const std::function<void(int rank, Wire& wire, comm::Communicator& communicator)>& body) {
    OnThreadRanks(kRanks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      body(communicator.rank(), *MakeWire(GetParam(), communicator, backend), communicator);
    });
  }
  static std::vector<float> ValuesOf(int rank, std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(Value(rank, i));
    return values;
  }
  static double SumAt(std::int64_t place) {
    double sum = 0;
    for (int rank = 0; rank < kRanks; ++rank) sum += double{Value(rank, place)};
    return sum;
  }
};

TEST_P(WireTest, AllGatherIsTheSameOnAllRanks) {
  OnRanks([](int rank, Wire& wire, comm::Communicator& communicator) {
    std::vector<float> all(kCount * kRanks);
    wire.AllGather(ValuesOf(rank, kCount).data(), kCount, all.data());
    for (std::int64_t i = 0; i < kCount * kRanks; ++i) {
      const double expected = double{Value(static_cast<int>(i / kCount), i % kCount)};
      EXPECT_NEAR(double{all[static_cast<std::size_t>(i)]}, expected, Roundoff() * expected);
    }
    std::vector<float> of_first = all;
    communicator.Broadcast(of_first.data(), static_cast<std::int64_t>(of_first.size() * sizeof(float)), 0);
    EXPECT_EQ(all, of_first);
    EXPECT_EQ(communicator.traffic().of(comm::Operation::kAllGather).bytes_sent,
              kCount * BytesPerValue() * (kRanks - 1));
  });
}

// Rank f sends rank t a block of f + t values.
TEST_P(WireTest, AllToAllMovesRaggedBlocks) {
  OnRanks([](int rank, Wire& wire, comm::Communicator& communicator) {
    std::vector<std::int64_t> send_counts;
    std::vector<std::int64_t> receive_counts;
    std::vector<float> send;
    std::vector<float> expected;
    for (int other = 0; other < kRanks; ++other) {
      send_counts.push_back(rank + other);
      receive_counts.push_back(other + rank);
      const std::size_t length = static_cast<std::size_t>(rank) + static_cast<std::size_t>(other);
      send.insert(send.end(), length, Value(rank, other));
      expected.insert(expected.end(), length, Value(other, rank));
    }
    std::vector<float> received(expected.size());
    wire.AllToAll(send.data(), send_counts, received.data(), receive_counts);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(received[i], expected[i], Roundoff() * double{expected[i]});
    }
    EXPECT_EQ(communicator.traffic().of(comm::Operation::kAllToAll).bytes_sent,
              BytesPerValue() * (static_cast<std::int64_t>(send.size()) - send_counts[static_cast<std::size_t>(rank)]));
  });
}

// Sums under way at a time: what is rounded is each rank's values, and in a sum for all ranks the sum, too.
TEST_P(WireTest, SumsAreOfRoundedValues) {
  OnRanks([](int rank, Wire& wire, comm::Communicator& communicator) {
    for (int round = 0; round < 3; ++round) {
      const std::vector<float> blocks = ValuesOf(rank, kCount * kRanks);
      std::vector<float> block(kCount);
      std::vector<float> first = ValuesOf(rank, kCount);
      std::vector<float> second = ValuesOf(rank, 1);
      wire.BeginReduceScatterSum(blocks.data(), kCount, block.data());
      wire.BeginAllReduceSum(first.data(), kCount);
      wire.BeginAllReduceSum(second.data(), 1);
      wire.Finish();
      for (std::int64_t i = 0; i < kCount; ++i) {
        const double of_block = SumAt(rank * kCount + i);
        EXPECT_NEAR(double{block[static_cast<std::size_t>(i)]}, of_block, 2 * Roundoff() * of_block);
        EXPECT_NEAR(double{first[static_cast<std::size_t>(i)]}, SumAt(i), 2 * Roundoff() * SumAt(i));
      }
      EXPECT_NEAR(double{second[0]}, SumAt(0), 2 * Roundoff() * SumAt(0));
      std::vector<float> of_first = first;
      communicator.Broadcast(of_first.data(), kCount * 4, 0);
      EXPECT_EQ(first, of_first);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Formats, WireTest, testing::Values(WireFormat::kFloat32, WireFormat::kBfloat16),
                         [](const auto& row) { return row.param == WireFormat::kBfloat16 ? "bfloat16" : "float32"; });

}  // namespace
}  // namespace shortlist::train
