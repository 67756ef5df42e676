#include "simt/atomics_test_kernels.h"
#include "simt/device_fixture.h"

namespace shortlist::simt {
namespace {

class AtomicsTest : public DeviceTest {};

TEST_F(AtomicsTest, OperationsOfAllThreads) {
  TheMachine().set_schedule({.order = Order::kReverse});
  const AtomicResults initial{0, 100, 0, 0, 1000, 0, ~0U, 0, -1, -1, 0};
  auto device = Array(std::vector<AtomicResults>{initial});
  Launch(2, 50, AtomicsKernel, device.data());
  const AtomicResults results = device.Read()[0];
  EXPECT_EQ(results.sum, 4950);
  EXPECT_EQ(results.wrapped, 0U);
  EXPECT_EQ(results.float_sum, 50);
  EXPECT_EQ(results.double_sum, 25);
  EXPECT_EQ(results.least, -92);
  EXPECT_EQ(results.most, 99U);
  EXPECT_EQ(results.all, 0x100U);
  EXPECT_EQ(results.any, 0xFFU);
  EXPECT_EQ(results.last, 0);
  EXPECT_EQ(results.winner, 99);
  EXPECT_EQ(results.exchanges, 99);
}

TEST_F(AtomicsTest, OnSharedMemory) {
  auto total = Array(std::vector<int>{0});
  Launch(3, 70, BlockAtomicsKernel, total.data());
  EXPECT_EQ(total.Read()[0], 210);
}

}  // namespace
}  // namespace shortlist::simt
