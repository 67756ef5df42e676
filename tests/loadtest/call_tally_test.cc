#include "loadtest/call_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::tools {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Pair;

class CallTallyTest : public ::testing::Test {
 protected:
  static LoadClock::time_point At(int time) { return LoadClock::time_point(milliseconds(time)); }

  CallTally tally_{{At(100), At(200)}};
};

TEST_F(CallTallyTest, CountsLatencyFromTheIntendedTime) {
  tally_.Sent(At(100), At(130));
  tally_.Ended(0, At(100), At(150));
  EXPECT_EQ(tally_.latencies().max(), milliseconds(50));
  EXPECT_EQ(tally_.lags().max(), milliseconds(30));
}

TEST_F(CallTallyTest, LeavesOutCallsMeantForTheWarmUpOrLater) {
  for (const int intended : {99, 200}) {
    tally_.Sent(At(intended), At(intended));
    tally_.Ended(0, At(intended), At(intended));
  }
  EXPECT_EQ(tally_.latencies().count(), 0);
  EXPECT_EQ(tally_.lags().count(), 0);
  EXPECT_TRUE(tally_.CallsByCode().empty());
  EXPECT_EQ(tally_.ended(), 2);
  EXPECT_EQ(tally_.succeeded(), 2);
}

TEST_F(CallTallyTest, CountsEveryOutcomeButLatenciesOfSuccessOnly) {
  for (const int code : {0, 0, 4, 8, 8, 8}) tally_.Ended(code, At(100), At(101));
  EXPECT_THAT(tally_.CallsByCode(),
              ElementsAre(Pair("DEADLINE_EXCEEDED", 1), Pair("OK", 2), Pair("RESOURCE_EXHAUSTED", 3)));
  EXPECT_EQ(tally_.measured_failures(), 4);
  EXPECT_EQ(tally_.latencies().count(), 2);
  EXPECT_EQ(tally_.ended(), 6);
  EXPECT_EQ(tally_.succeeded(), 2);
}

}  // namespace
}  // namespace shortlist::tools
