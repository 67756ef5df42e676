#include "comm/overlapping_communicator.h"

#include <array>
#include <future>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "comm/outcomes.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// Those that MakeThreadCommunicators makes overlap.
class OverlappingCommunicatorTest : public testing::Test {
 protected:
  static constexpr int kRanks = 2;

  std::vector<Outcome> Outcomes(const std::function<void(Communicator&)>& body) {
    return OutcomesOf(kRanks, [&](int rank) {
      const std::unique_ptr<Communicator> mine = std::move(communicators_[static_cast<std::size_t>(rank)]);
      body(*mine);
    });
  }

  std::vector<std::unique_ptr<Communicator>> communicators_ = MakeThreadCommunicators(kRanks);
};

// Rank 1 comes only when rank 0 has gone on from its begin: a begin that waited would hang.
TEST_F(OverlappingCommunicatorTest, ARankGoesOnWhileItsOperationWaitsForOthers) {
  std::promise<void> went_on;
  const std::vector<Outcome> outcomes = Outcomes([&](Communicator& communicator) {
    float value = static_cast<float>(communicator.rank() + 1);
    if (communicator.rank() == 1) went_on.get_future().wait();
    communicator.BeginAllReduceSum(&value, 1);
    if (communicator.rank() == 0) went_on.set_value();
    communicator.Finish();
    EXPECT_EQ(value, 3);
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST_F(OverlappingCommunicatorTest, AFailureIsThrownWhereItIsAwaited) {
  const std::vector<Outcome> outcomes = Outcomes([&](Communicator& communicator) {
    std::vector<float> values(4);
    communicator.BeginAllReduceSum(values.data(), communicator.rank() + 1);
    communicator.Finish();
  });
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.message.find("ranks disagree: AllReduceSum of 1"), 0U) << outcome.message;
  }
}

TEST_F(OverlappingCommunicatorTest, ARankThatFailsBesideItsOperationReleasesTheOthers) {
  // What is under way when a rank fails needs its memory until the communicator is gone.
  std::array<std::array<float, 4>, kRanks> memory{};
  const std::vector<Outcome> outcomes = Outcomes([&](Communicator& communicator) {
    std::array<float, 4>& values = memory[static_cast<std::size_t>(communicator.rank())];
    communicator.BeginAllReduceSum(values.data(), 4);
    if (communicator.rank() == 1) throw Error(Code::kInternal, "rank 1 fails");
    communicator.Finish();
    communicator.BeginAllReduceSum(values.data(), 4);
    communicator.Finish();
  });
  EXPECT_EQ(outcomes[0].message, "AllReduceSum: another rank has stopped; see its error");
  EXPECT_EQ(outcomes[1].message, "rank 1 fails");
}

}  // namespace
}  // namespace shortlist::comm
