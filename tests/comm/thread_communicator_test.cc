#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "comm/communicator.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// Runs `body` on every rank of a world of threads; returns each rank's error message, empty without one.
std::vector<std::string> Outcomes(int ranks, const std::function<void(Communicator&)>& body) {
  std::vector<std::unique_ptr<Communicator>> communicators = MakeThreadCommunicators(ranks);
  std::vector<std::string> outcomes(communicators.size());
  std::vector<std::thread> threads;
  for (std::size_t rank = 0; rank < communicators.size(); ++rank) {
    threads.emplace_back([&, rank] {
      try {
        const std::unique_ptr<Communicator> mine = std::move(communicators[rank]);
        body(*mine);
      } catch (const Error& error) {
        outcomes[rank] = error.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

TEST(ThreadCommunicatorTest, NeedsARank) {
  EXPECT_THROW(MakeThreadCommunicators(0), Error);
}

TEST(ThreadCommunicatorTest, DifferentSizesAreRefusedOnEveryRank) {
  const auto outcomes = Outcomes(3, [](Communicator& communicator) {
    std::vector<float> values(10);
    communicator.AllReduceSum(values.data(), communicator.rank() == 1 ? 9 : 10);
  });
  for (const std::string& outcome : outcomes) {
    EXPECT_EQ(outcome,
              "ranks disagree: AllReduceSum of 10 with root 0 on rank 0, AllReduceSum of 9 with root 0 on rank 1");
  }
}

TEST(ThreadCommunicatorTest, DifferentOperationsAreRefusedOnEveryRank) {
  const auto outcomes = Outcomes(2, [](Communicator& communicator) {
    std::vector<float> values(4);
    if (communicator.rank() == 0) {
      communicator.Barrier();
    } else {
      communicator.Broadcast(values.data(), 16, 0);
    }
  });
  for (const std::string& outcome : outcomes) EXPECT_NE(outcome.find("ranks disagree"), std::string::npos) << outcome;
}

TEST(ThreadCommunicatorTest, BlocksThatDoNotFitAreNamed) {
  const auto outcomes = Outcomes(2, [](Communicator& communicator) {
    const std::vector<std::int64_t> send{0, communicator.rank() == 0 ? 8 : 0};
    const std::vector<std::int64_t> receive{4, 0};
    std::vector<char> bytes(8);
    communicator.AllToAll(bytes.data(), send, bytes.data(), receive);
  });
  for (const std::string& outcome : outcomes) {
    EXPECT_EQ(outcome, "AllToAll: rank 0 sends 0 bytes to rank 0, which expects 4");
  }
}

TEST(ThreadCommunicatorTest, ARankThatFailsReleasesTheOthers) {
  const auto outcomes = Outcomes(3, [](Communicator& communicator) {
    communicator.Barrier();
    if (communicator.rank() == 2) throw Error(Code::kInternal, "rank 2 fails");
    std::vector<float> values(4);
    communicator.AllReduceSum(values.data(), 4);
  });
  EXPECT_EQ(outcomes[0], "AllReduceSum: another rank has stopped; see its error");
  EXPECT_EQ(outcomes[1], "AllReduceSum: another rank has stopped; see its error");
  EXPECT_EQ(outcomes[2], "rank 2 fails");
}

}  // namespace
}  // namespace shortlist::comm
