#include "cuda/workspace.h"

#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using ::testing::HasSubstr;

class WorkspaceTest : public DeviceTest {
 protected:
  Workspace workspace_;
};

TEST_F(WorkspaceTest, PiecesAreAlignedAndApart) {
  auto* first = workspace_.Take<char>(1);
  auto* second = workspace_.Take<float>(3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 256, 0U);
  EXPECT_EQ(reinterpret_cast<char*>(second) - first, 256);
  EXPECT_EQ(workspace_.Take<float>(0), nullptr);
}

TEST_F(WorkspaceTest, WhatWasAskedForOnceIsNotAllocatedAgain) {
  const auto step = [this] {
    workspace_.Reset({});
    workspace_.Take<float>(1 << 20);
    workspace_.Take<float>(5 << 20);
    return workspace_.Take<float>(3);
  };
  float* before = step();
  const simt::Counts start = Counts();
  EXPECT_EQ(step(), before);
  EXPECT_EQ((Counts() - start).device_allocations, 0U);
}

TEST_F(WorkspaceTest, GrowingMovesNothing) {
  auto* first = workspace_.Take<float>(1000);
  workspace_.Take<float>(10 << 20);
  workspace_.Reset({});
  EXPECT_EQ(workspace_.Take<float>(1000), first);
}

TEST_F(WorkspaceTest, AScopeGivesBackWhatItTook) {
  workspace_.Take<float>(10);
  float* inside = nullptr;
  {
    const WorkspaceScope scope(workspace_);
    inside = workspace_.Take<float>(10);
  }
  EXPECT_EQ(workspace_.Take<float>(10), inside);
}

TEST_F(WorkspaceTest, MemoryThatIsNotThereIsToldWithOperationAndShapes) {
  const float value = 0;
  workspace_.Reset({"SoftmaxLoss", {&value, 4096, 64}, {&value, 100, 64}});
  device().SetTotalBytes(1 << 20);
  EXPECT_THAT(ErrorOf(Code::kResourceExhausted, [this] { workspace_.Take<float>(1 << 20); }),
              HasSubstr("SoftmaxLoss over [4096, 64] and [100, 64], scratch memory: "));
}

}  // namespace
}  // namespace shortlist::cuda
