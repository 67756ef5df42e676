// The machine's clock jumps while the server runs.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "faults/served_models.h"

namespace shortlist::faults {
namespace {

class ClockFaults : public ServedModels {
 protected:
  void SetUp() override {
    ServedModels::SetUp();
    setenv("CLOCK_SHIFT_FILE", (folder_.path() / "shift").c_str(), 1);
    setenv("LD_PRELOAD", SHIFTED_CLOCK, 1);
    Serve();
    unsetenv("LD_PRELOAD");
  }

  void Shift(long seconds) const { std::ofstream(folder_.path() / "shift") << seconds << std::endl; }
};

TEST_F(ClockFaults, NeitherAnswersNorVersionsDependOnIt) {
  ExpectAnswer();
  int version = 1;
  for (const long seconds : {86'400L, -86'400L, 10L * 365 * 86'400, 0L}) {
    Shift(seconds);
    for (int call = 0; call < 20; ++call) ExpectAnswer();
    const std::string name = "v" + std::to_string(++version);
    Publish(name);
    Await(name + " serves", [&] { return Stable() == name; });
  }
  EXPECT_EQ(Stop().status, 0);
}

}  // namespace
}  // namespace shortlist::faults
