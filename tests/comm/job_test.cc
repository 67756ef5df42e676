#include "comm/job.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "comm/outcomes.h"
#include "comm/socket.h"

namespace shortlist::comm {
namespace {

class JobTest : public ::testing::Test {
 protected:
  // No plug-in is found: whether MPI is installed makes no difference here.
  void SetUp() override { setenv("SHORTLIST_PLUGIN_DIR", "/nowhere", 1); }
  void TearDown() override { unsetenv("SHORTLIST_PLUGIN_DIR"); }

  Outcome Join(const Launch& launch, TransportKind transport) {
    return OutcomesOf(1,
                      [&](int) { JoinJob(launch, {.transport = transport, .timeout_seconds = 60}, *backend_, {}); })[0];
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(JobTest, OneRankIsSoloWhateverTheTransport) {
  const auto communicator = JoinJob({}, {.transport = TransportKind::kMpi, .timeout_seconds = 60}, *backend_, {});
  EXPECT_EQ(communicator->size(), 1);
  communicator->Barrier();
}

TEST_F(JobTest, RanksOfTheEnvironmentMeetOverTcp) {
  int port = 0;
  { port = PortOf(Listen(0)); }
  const auto outcomes = OutcomesOf(3, [&](int rank) {
    const Launch launch{
        .launcher = Launcher::kEnvironment, .rank = rank, .size = 3, .address = "127.0.0.1", .port = port};
    const auto communicator = JoinJob(launch, {.timeout_seconds = 60}, *backend_, {});
    float value = 1;
    communicator->AllReduceSum(&value, 1);
    EXPECT_EQ(value, 3.0F);
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST_F(JobTest, WithoutAnAddressThereIsNoTcp) {
  const Outcome outcome = Join({.launcher = Launcher::kMpi, .size = 2}, TransportKind::kTcp);
  EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
  EXPECT_NE(outcome.message.find("set MASTER_ADDR"), std::string::npos) << outcome.message;
}

TEST_F(JobTest, WithoutMpirunThereIsNoMpi) {
  const Outcome outcome =
      Join({.launcher = Launcher::kEnvironment, .size = 2, .address = "a", .port = 1}, TransportKind::kMpi);
  EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
  EXPECT_NE(outcome.message.find("mpirun has not started this process"), std::string::npos) << outcome.message;
}

TEST_F(JobTest, WithoutThePluginThereIsNoMpi) {
  for (const TransportKind transport : {TransportKind::kMpi, TransportKind::kAuto}) {
    const Outcome outcome = Join({.launcher = Launcher::kMpi, .size = 2}, transport);
    EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
    EXPECT_NE(outcome.message.find("there is no /nowhere/libshortlist_mpi.so"), std::string::npos) << outcome.message;
  }
}

// Told where to meet, the ranks of mpirun do without the plug-in.
TEST_F(JobTest, MpirunWithAnAddressMeetsOverTcp) {
  const Socket taken = Listen(0);
  const Outcome outcome = Join({.launcher = Launcher::kMpi, .size = 2, .address = "127.0.0.1", .port = PortOf(taken)},
                               TransportKind::kAuto);
  EXPECT_EQ(outcome.code, Code::kUnavailable);
  EXPECT_NE(outcome.message.find("listening on port"), std::string::npos) << outcome.message;
}

}  // namespace
}  // namespace shortlist::comm
