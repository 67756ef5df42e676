// Writes beside memory that the plain variant finds by its guards; the others find them as they happen.
#include "simt/block_test_kernels.h"
#include "simt/device_fixture.h"
#include "simt/stream_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GuardTest : public DeviceTest {};

TEST_F(GuardTest, ReportsAWriteBehindSharedMemory) {
  auto out = Array(std::vector<int>(32));
  Launch(1, 32, SharedOverrunKernel, out.data());
  EXPECT_THAT(TakeReports(), ElementsAre(HasSubstr("written behind a piece of 128 bytes")));
}

TEST_F(GuardTest, ReportsWritesBesideDeviceMemoryWhenItIsFreed) {
  {
    auto values = Array(std::vector<int>(10));
    Launch(1, 32, ScaleAddKernel, 0, 1, 11, values.data());
    Launch(1, 32, ScaleAddKernel, 0, 1, 1, values.data() - 1);
  }
  EXPECT_THAT(TakeReports(), ElementsAre(HasSubstr("written before a piece of 40 bytes"),
                                         HasSubstr("written behind a piece of 40 bytes")));
}

}  // namespace
}  // namespace shortlist::simt
