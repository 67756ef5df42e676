#include "tensor/buffer.h"

#include <memory>

#include <gtest/gtest.h>

#include "tensor/backend.h"

namespace shortlist::tensor {
namespace {

TEST(BufferTest, IsEmptyAtFirst) {
  const Buffer buffer;
  EXPECT_EQ(buffer.bytes(), 0U);
  EXPECT_EQ(buffer.As<float>(), nullptr);
}

TEST(BufferTest, MovesItsMemory) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  Buffer first = backend->Allocate(12);
  float* data = first.As<float>();
  Buffer second = std::move(first);
  EXPECT_EQ(second.As<float>(), data);
  EXPECT_EQ(second.bytes(), 12U);
  EXPECT_EQ(first.As<float>(), nullptr);  // NOLINT(bugprone-use-after-move): the moved-from state is the contract
}

TEST(BufferTest, FreesWhatItHeldWhenAssigned) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  Buffer buffer = backend->Allocate(12);
  buffer = backend->Allocate(100);
  EXPECT_EQ(buffer.bytes(), 100U);
  Buffer& itself = buffer;
  buffer = std::move(itself);
  EXPECT_EQ(buffer.bytes(), 100U);
}

}  // namespace
}  // namespace shortlist::tensor
