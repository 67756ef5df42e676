#include "comm/communicator.h"

#include <atomic>
#include <numeric>

#include <gtest/gtest.h>

#include "conformance/communicators.h"
#include "shortlist/error.h"

namespace shortlist::conformance {
namespace {

using comm::Communicator;

class CommunicatorTest : public ::testing::TestWithParam<WorldRow> {
 protected:
  int ranks() const { return GetParam().ranks; }
  void OnEveryRank(const std::function<void(Communicator&)>& body) const { GetParam().run(body); }
};

// A value that tells rank, place and round apart, and sums exactly.
float Value(int rank, std::int64_t place, int round) {
  return static_cast<float>(rank * 1000 + place % 97 + round * 100);
}

float SumOverRanks(int ranks, std::int64_t place, int round) {
  float sum = 0;
  for (int rank = 0; rank < ranks; ++rank) sum += Value(rank, place, round);
  return sum;
}

constexpr std::int64_t kCounts[] = {0, 1, 2, 7, 1000};

TEST_P(CommunicatorTest, EveryRankIsThereOnce) {
  std::vector<std::atomic<int>> seen(static_cast<std::size_t>(ranks()));
  OnEveryRank([&](Communicator& communicator) {
    EXPECT_EQ(communicator.size(), ranks());
    ++seen[static_cast<std::size_t>(communicator.rank())];
  });
  for (const auto& count : seen) EXPECT_EQ(count, 1);
}

TEST_P(CommunicatorTest, AllReduceSumRepeatedly) {
  OnEveryRank([&](Communicator& communicator) {
    for (int round = 0; round < 20; ++round) {
      for (const std::int64_t count : kCounts) {
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i) values.push_back(Value(communicator.rank(), i, round));
        communicator.AllReduceSum(values.data(), count);
        for (std::int64_t i = 0; i < count; ++i) {
          ASSERT_EQ(values[static_cast<std::size_t>(i)], SumOverRanks(ranks(), i, round));
        }
      }
    }
  });
}

// Values whose float sum depends on the order of addition.
TEST_P(CommunicatorTest, AllReduceSumHasTheSameBitsEverywhere) {
  constexpr std::int64_t kCount = 101;
  std::vector<std::vector<float>> results(static_cast<std::size_t>(ranks()));
  OnEveryRank([&](Communicator& communicator) {
    std::vector<float>& values = results[static_cast<std::size_t>(communicator.rank())];
    for (std::int64_t i = 0; i < kCount; ++i) {
      values.push_back(1 / static_cast<float>(3 + i + 7 * communicator.rank()));
    }
    communicator.AllReduceSum(values.data(), kCount);
  });
  for (const std::vector<float>& result : results) EXPECT_EQ(result, results[0]);
}

TEST_P(CommunicatorTest, AllGatherIsInRankOrder) {
  OnEveryRank([&](Communicator& communicator) {
    for (const std::int64_t count : kCounts) {
      std::vector<float> send;
      for (std::int64_t i = 0; i < count; ++i) send.push_back(Value(communicator.rank(), i, 0));
      std::vector<float> receive(static_cast<std::size_t>(count * ranks()), -1);
      communicator.AllGather(send.data(), count * 4, receive.data());
      for (int rank = 0; rank < ranks(); ++rank) {
        for (std::int64_t i = 0; i < count; ++i) {
          ASSERT_EQ(receive[static_cast<std::size_t>(rank * count + i)], Value(rank, i, 0));
        }
      }
    }
  });
}

TEST_P(CommunicatorTest, ReduceScatterSumGivesEachRankItsBlock) {
  OnEveryRank([&](Communicator& communicator) {
    for (const std::int64_t count : kCounts) {
      std::vector<float> send;
      for (std::int64_t i = 0; i < count * ranks(); ++i) send.push_back(Value(communicator.rank(), i, 0));
      std::vector<float> receive(static_cast<std::size_t>(count), -1);
      communicator.ReduceScatterSum(send.data(), count, receive.data());
      for (std::int64_t i = 0; i < count; ++i) {
        ASSERT_EQ(receive[static_cast<std::size_t>(i)], SumOverRanks(ranks(), communicator.rank() * count + i, 0));
      }
    }
  });
}

// Rank f sends rank t a block of (2f + t) % 4 values.
TEST_P(CommunicatorTest, AllToAllMovesRaggedBlocks) {
  const auto length = [](int from, int to) { return std::int64_t{(2 * from + to) % 4}; };
  OnEveryRank([&](Communicator& communicator) {
    const int me = communicator.rank();
    std::vector<std::int32_t> send;
    std::vector<std::int32_t> expected;
    std::vector<std::int64_t> send_bytes;
    std::vector<std::int64_t> receive_bytes;
    for (int other = 0; other < ranks(); ++other) {
      send_bytes.push_back(length(me, other) * 4);
      receive_bytes.push_back(length(other, me) * 4);
      send.insert(send.end(), static_cast<std::size_t>(length(me, other)), me * 100 + other);
      expected.insert(expected.end(), static_cast<std::size_t>(length(other, me)), other * 100 + me);
    }
    std::vector<std::int32_t> receive(expected.size(), -1);
    communicator.AllToAll(send.data(), send_bytes, receive.data(), receive_bytes);
    EXPECT_EQ(receive, expected);
  });
}

TEST_P(CommunicatorTest, BroadcastFromEveryRoot) {
  OnEveryRank([&](Communicator& communicator) {
    for (int root = 0; root < ranks(); ++root) {
      std::vector<float> values(5, static_cast<float>(communicator.rank()));
      communicator.Broadcast(values.data(), 20, root);
      EXPECT_EQ(values, std::vector<float>(5, static_cast<float>(root)));
    }
  });
}

TEST_P(CommunicatorTest, NobodyPassesABarrierBeforeAllHaveCome) {
  std::atomic<int> arrived = 0;
  OnEveryRank([&](Communicator& communicator) {
    for (int round = 1; round <= 20; ++round) {
      ++arrived;
      communicator.Barrier();
      EXPECT_GE(arrived, round * ranks());
      communicator.Barrier();
    }
  });
}

TEST_P(CommunicatorTest, WrongRootIsRefused) {
  OnEveryRank([&](Communicator& communicator) {
    float value = 0;
    EXPECT_THROW(communicator.Broadcast(&value, 4, ranks()), Error);
    EXPECT_THROW(communicator.Broadcast(&value, 4, -1), Error);
  });
}

TEST_P(CommunicatorTest, WrongNumberOfBlocksIsRefusedEverywhere) {
  OnEveryRank([&](Communicator& communicator) {
    const std::vector<std::int64_t> bytes(static_cast<std::size_t>(ranks()) + 1);
    EXPECT_THROW(communicator.AllToAll(nullptr, bytes, nullptr, bytes), Error);
  });
}

INSTANTIATE_TEST_SUITE_P(Table, CommunicatorTest, ::testing::ValuesIn(Worlds()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace shortlist::conformance
