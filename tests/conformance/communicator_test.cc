#include "comm/communicator.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <unistd.h>

#include <gtest/gtest.h>

#include "conformance/communicators.h"
#include "shortlist/error.h"

namespace shortlist::conformance {
namespace {

using comm::Communicator;
using comm::Operation;
using comm::Volume;

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

// Ranks may be threads or processes: what a test has to know of all of them travels through the communicator.
std::vector<std::int64_t> FromEveryRank(Communicator& communicator, std::int64_t value) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(communicator.size()), -1);
  communicator.AllGather(&value, sizeof(value), values.data());
  return values;
}

std::vector<std::int64_t> RanksInOrder(int ranks) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(ranks));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// An empty file in the directory for temporary files, made by rank 0, whose path is known to every rank.
std::filesystem::path SharedFile(Communicator& communicator) {
  std::array<char, 256> path{};
  if (communicator.rank() == 0) {
    std::snprintf(path.data(), path.size(), "%s/shortlist-ranks-XXXXXX", testing::TempDir().c_str());
    close(mkstemp(path.data()));
  }
  communicator.Broadcast(path.data(), path.size(), 0);
  return path.data();
}

void AppendByte(const std::filesystem::path& file) {
  std::ofstream(file, std::ios::app).put('x');
}

constexpr std::int64_t kCounts[] = {0, 1, 2, 7, 1000};

TEST_P(CommunicatorTest, EveryRankIsThereOnce) {
  OnEveryRank([&](Communicator& communicator) {
    ASSERT_EQ(communicator.size(), ranks());
    EXPECT_EQ(FromEveryRank(communicator, communicator.rank()), RanksInOrder(ranks()));
  });
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
  OnEveryRank([&](Communicator& communicator) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < kCount; ++i) {
      values.push_back(1 / static_cast<float>(3 + i + 7 * communicator.rank()));
    }
    communicator.AllReduceSum(values.data(), kCount);
    std::vector<float> everybodys(static_cast<std::size_t>(kCount * ranks()));
    communicator.AllGather(values.data(), kCount * 4, everybodys.data());
    for (int rank = 0; rank < ranks(); ++rank) {
      EXPECT_TRUE(std::equal(values.begin(), values.end(), everybodys.begin() + kCount * rank)) << "rank " << rank;
    }
  });
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

// Several under way at a time, then one that waits for them.
TEST_P(CommunicatorTest, WhatHasBegunIsThereOnceItIsFinished) {
  OnEveryRank([&](Communicator& communicator) {
    const int me = communicator.rank();
    for (int round = 0; round < 20; ++round) {
      std::vector<float> sums;
      std::vector<float> blocks;
      std::vector<std::int32_t> messages;
      for (std::int64_t i = 0; i < 7; ++i) sums.push_back(Value(me, i, round));
      for (std::int64_t i = 0; i < 3 * ranks(); ++i) blocks.push_back(Value(me, i, round));
      for (int other = 0; other < ranks(); ++other) messages.push_back(me * 100 + other + round);
      std::vector<float> block(3);
      std::vector<std::int32_t> received(messages.size());
      const std::vector<std::int64_t> bytes(messages.size(), 4);
      communicator.BeginAllReduceSum(sums.data(), 7);
      communicator.BeginReduceScatterSum(blocks.data(), 3, block.data());
      communicator.BeginAllToAll(messages.data(), bytes, received.data(), bytes);
      if (round % 2 == 0) communicator.Barrier();
      communicator.Finish();
      for (std::int64_t i = 0; i < 7; ++i)
        ASSERT_EQ(sums[static_cast<std::size_t>(i)], SumOverRanks(ranks(), i, round));
      for (std::int64_t i = 0; i < 3; ++i) {
        ASSERT_EQ(block[static_cast<std::size_t>(i)], SumOverRanks(ranks(), 3 * me + i, round));
      }
      for (int other = 0; other < ranks(); ++other) {
        ASSERT_EQ(received[static_cast<std::size_t>(other)], other * 100 + me + round);
      }
    }
    communicator.Finish();
    EXPECT_EQ(communicator.traffic().of(Operation::kAllReduceSum).calls, 20);
  });
}

TEST_P(CommunicatorTest, NobodyPassesABarrierBeforeAllHaveCome) {
  OnEveryRank([&](Communicator& communicator) {
    const std::filesystem::path arrivals = SharedFile(communicator);
    for (int round = 1; round <= 20; ++round) {
      AppendByte(arrivals);
      communicator.Barrier();
      EXPECT_GE(std::filesystem::file_size(arrivals), static_cast<std::uintmax_t>(round * ranks()));
      communicator.Barrier();
    }
    if (communicator.rank() == 0) std::filesystem::remove(arrivals);
  });
}

// What each operation costs is a property of the contract, not of an implementation.
TEST_P(CommunicatorTest, TrafficIsCountedPerOperation) {
  OnEveryRank([&](Communicator& communicator) {
    const int me = communicator.rank();
    const std::int64_t others = ranks() - 1;
    std::vector<float> mine(10);
    std::vector<float> all(10 * static_cast<std::size_t>(ranks()));
    const std::vector<std::int64_t> blocks(static_cast<std::size_t>(ranks()), 8);
    communicator.AllReduceSum(mine.data(), 10);
    communicator.AllReduceSum(mine.data(), 10);
    communicator.AllGather(mine.data(), 40, all.data());
    communicator.ReduceScatterSum(all.data(), 10, mine.data());
    communicator.AllToAll(std::vector<float>(all).data(), blocks, all.data(), blocks);
    communicator.Broadcast(mine.data(), 40, 0);
    communicator.Barrier();

    const comm::Traffic& traffic = communicator.traffic();
    EXPECT_EQ(traffic.of(Operation::kAllReduceSum).calls, 2);
    EXPECT_EQ(traffic.of(Operation::kAllReduceSum).bytes_sent, 2 * comm::VolumeOfAllReduce(10, me, ranks()).bytes_sent);
    EXPECT_EQ(traffic.of(Operation::kAllGather), (Volume{1, 40 * others, 40 * others}));
    EXPECT_EQ(traffic.of(Operation::kReduceScatterSum), (Volume{1, 40 * others, 40 * others}));
    EXPECT_EQ(traffic.of(Operation::kAllToAll), (Volume{1, 8 * others, 8 * others}));
    EXPECT_EQ(traffic.of(Operation::kBroadcast), (me == 0 ? Volume{1, 40 * others, 0} : Volume{1, 0, 40}));
    EXPECT_EQ(traffic.of(Operation::kBarrier), (Volume{1, 0, 0}));
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
