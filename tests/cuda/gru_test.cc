#include "cuda/gru.h"

#include <gmock/gmock.h>

#include "cuda/device_test.h"
#include "shortlist/error.h"

namespace shortlist::cuda {
namespace {

using ::testing::HasSubstr;

class GruWidthTest : public DeviceTest {};

TEST_F(GruWidthTest, RefusesStatesThatSharedMemoryDoesNotHold) {
  Queue queue(0, Precision::kFloat32);
  constexpr std::int64_t kWidth = 3073;
  float value = 0;  // stands for arrays that nothing may touch
  std::int64_t offset = 0;
  const auto run = [&] {
    Gru(queue, {&value, 1, 3 * kWidth}, {&offset, 1, 1, 1}, {&value, kWidth, 3 * kWidth}, {&value, 1, kWidth},
        {&value, 1, 4 * kWidth});
  };
  EXPECT_THAT(ErrorOf(Code::kInvalidArgument, run), HasSubstr("use a model.dimension of at most 3072"));
}

}  // namespace
}  // namespace shortlist::cuda
