#include "simt/ptx_kernels/device_memory.h"

#include "simt/device_fixture.h"

namespace shortlist::simt {
namespace {

class DeviceMemoryTest : public DeviceTest {};

TEST_F(DeviceMemoryTest, FindsBytesOfOneAllocationOnly) {
  auto first = Array<int>({1, 2, 3, 4});
  auto second = Array<int>({5});
  DeviceMemory memory;
  const auto at = [&](int* place, std::size_t bytes) {
    return memory.Find(reinterpret_cast<std::uint64_t>(place), bytes, ptx::Access::kRead);
  };
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(at(first.data() + 1, 12), reinterpret_cast<std::byte*>(first.data() + 1));
    EXPECT_EQ(at(second.data(), 4), reinterpret_cast<std::byte*>(second.data()));
    EXPECT_EQ(at(first.data() + 1, 16), nullptr);
    EXPECT_EQ(at(first.data() - 1, 4), nullptr);
    EXPECT_EQ(at(first.data() + 4, 4), nullptr);
  }
  int host = 0;
  EXPECT_EQ(at(&host, 4), nullptr);
}

}  // namespace
}  // namespace shortlist::simt
