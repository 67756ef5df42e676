// What the NCCL communicator makes of faults, on simulated GPUs.
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "shortlist/error.h"
#include "simt/conformance/simulated_ranks.h"
#include "simt/nccl/behavior.h"
#include "simt/runtime/machine.h"

namespace shortlist::conformance {
namespace {

using std::chrono::milliseconds;

class NcclFaultsTest : public ::testing::Test {
 protected:
  NcclFaultsTest() { simt::TheMachine().set_schedule({simt::Order::kForward, 0, simt::StreamMode::kEager}); }

  // The message of the error that the calls end with.
  static std::string ErrorOf(const std::function<void()>& calls) {
    try {
      calls();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  static void Sum(SimulatedRank rank) {
    const tensor::Buffer values = rank.backend.Allocate(16);
    rank.backend.Zero(values.As<void>(), 16);
    rank.communicator.AllReduceSum(values.As<float>(), 4);
    rank.communicator.Barrier();
  }
};

TEST_F(NcclFaultsTest, AFailureThatNcclReportsLaterIsAnError) {
  std::atomic<int> failed = 0;
  RunSimulatedRanks(2, milliseconds(500), [&](SimulatedRank rank) {
    Sum(rank);
    if (rank.communicator.rank() == 0) simt::TheNcclBehavior().next_failure = ncclRemoteError;
    rank.communicator.Barrier();
    // One rank runs into NCCL's failure, the other one out of time; the next call says so on both.
    const std::string message = ErrorOf([&] {
      Sum(rank);
      Sum(rank);
    });
    EXPECT_NE(message.find(" over NCCL cannot be completed: "), std::string::npos) << message;
    ++failed;
  });
  EXPECT_EQ(failed, 2);
}

TEST_F(NcclFaultsTest, ARankThatDoesNotComeEndsTheOthersOperation) {
  std::atomic<int> failed = 0;
  RunSimulatedRanks(3, milliseconds(300), [&](SimulatedRank rank) {
    Sum(rank);
    if (rank.communicator.rank() == 2) return;
    const std::string message = ErrorOf([&] { Sum(rank); });
    EXPECT_NE(message.find("AllReduceSum was not completed within 0 s"), std::string::npos) << message;
    EXPECT_NE(message.find("another rank has stopped"), std::string::npos) << message;
    ++failed;
  });
  EXPECT_EQ(failed, 2);
}

TEST_F(NcclFaultsTest, TheSimulationReportsRanksThatDisagree) {
  RunSimulatedRanks(2, std::chrono::minutes(5), [](SimulatedRank rank) {
    const std::int64_t count = rank.communicator.rank() == 0 ? 4 : 3;
    const tensor::Buffer values = rank.backend.Allocate(16);
    rank.backend.Zero(values.As<void>(), 16);
    rank.communicator.AllReduceSum(values.As<float>(), count);
  });
  const std::vector<std::string> reports = simt::TheMachine().reports().Take();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_NE(reports[0].find("ranks disagree: AllReduce of 4"), std::string::npos) << reports[0];
}

TEST_F(NcclFaultsTest, TheSimulationReportsAHang) {
  simt::TheNcclBehavior().patience = milliseconds(100);
  RunSimulatedRanks(2, std::chrono::minutes(5), [](SimulatedRank rank) {
    const tensor::Buffer values = rank.backend.Allocate(16);
    rank.backend.Zero(values.As<void>(), 16);
    if (rank.communicator.rank() == 1) return;
    EXPECT_NE(ErrorOf([&] { rank.communicator.AllReduceSum(values.As<float>(), 4); }), "");
  });
  simt::TheNcclBehavior().patience = std::chrono::seconds(60);
  const std::vector<std::string> reports = simt::TheMachine().reports().Take();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_NE(reports[0].find("hang: rank 0 waits in AllReduce of 4"), std::string::npos) << reports[0];
}

TEST_F(NcclFaultsTest, MemoryThatIsNotTheDevicesIsReported) {
  RunSimulatedRanks(1, std::chrono::minutes(5), [](SimulatedRank rank) {
    float host[4] = {};
    EXPECT_NE(ErrorOf([&] { rank.communicator.AllReduceSum(host, 4); }), "");
  });
  EXPECT_EQ(simt::TheMachine().reports().Take().size(), 1U);
}

// With its signatures bound where it is installed.
TEST_F(NcclFaultsTest, AMissingLibrarySaysWhatToInstall) {
  cuda::NcclFunctions nccl;
  const std::string message = ErrorOf([&] { nccl = cuda::OpenNccl(); });
  if (message.empty()) {
    EXPECT_NE(nccl.receive, nullptr);
    EXPECT_STREQ(nccl.error_string(ncclSuccess), "no error");
  } else {
    EXPECT_EQ(message.find("training on several GPUs needs NCCL: libnccl.so.2"), 0U) << message;
    EXPECT_NE(message.find("install libnccl2"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace shortlist::conformance
