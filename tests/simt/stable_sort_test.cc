#include "simt/runtime/stable_sort.h"

#include <stdexcept>

#include "simt/device_fixture.h"

namespace shortlist::simt {
namespace {

using ::testing::ElementsAre;

class StableSortTest : public DeviceTest {};

TEST_F(StableSortTest, KeepsTheOrderOfEqualKeys) {
  auto keys = Array(std::vector<std::uint32_t>{3, 1, 0xFFFFFFFF, 1, 0});
  auto values = Array(std::vector<double>{0.5, 1.5, 2.5, 3.5, 4.5});
  QueueStableSort(stream_, {keys.data(), 4, false}, {values.data(), 8}, 5);
  EXPECT_THAT(keys.Read(), ElementsAre(0, 1, 1, 3, 0xFFFFFFFF));
  EXPECT_THAT(values.Read(), ElementsAre(4.5, 1.5, 3.5, 0.5, 2.5));
}

TEST_F(StableSortTest, SortsSignedAndWideKeys) {
  auto keys = Array(std::vector<std::int64_t>{5, -1, std::int64_t{1} << 40, 0});
  auto values = Array(std::vector<char>{'a', 'b', 'c', 'd'});
  QueueStableSort(stream_, {keys.data(), 8, true}, {values.data(), 1}, 4);
  EXPECT_THAT(values.Read(), ElementsAre('b', 'd', 'a', 'c'));
}

TEST_F(StableSortTest, RunsInStreamOrder) {
  TheMachine().set_schedule({.streams = StreamMode::kLazy});
  auto keys = Array(std::vector<std::int32_t>{2, 1});
  auto values = Array(std::vector<std::int32_t>{0, 1});
  QueueStableSort(stream_, {keys.data(), 4, true}, {values.data(), 4}, 2);
  ASSERT_EQ(cudaMemsetAsync(keys.data(), 0, 8, stream_), cudaSuccess);
  EXPECT_THAT(keys.Read(), ElementsAre(0, 0));
  EXPECT_THAT(values.Read(), ElementsAre(1, 0));
}

TEST_F(StableSortTest, RefusesHostMemory) {
  std::int32_t host[2] = {};
  EXPECT_THROW(QueueStableSort(stream_, {host, 4, true}, {host, 4}, 2), std::runtime_error);
  EXPECT_EQ(TakeReports().size(), 1U);
}

}  // namespace
}  // namespace shortlist::simt
