#include "tensor/backend.h"

#include <gtest/gtest.h>

namespace shortlist::tensor {
namespace {

TEST(BackendTest, StateWidthOfEveryRule) {
  EXPECT_EQ(StateWidth(OptimizerKind::kSgd, 64), 0);
  EXPECT_EQ(StateWidth(OptimizerKind::kRowwiseAdagrad, 64), 1);
  EXPECT_EQ(StateWidth(OptimizerKind::kAdagrad, 64), 64);
  EXPECT_EQ(StateWidth(OptimizerKind::kAdam, 64), 129);
}

}  // namespace
}  // namespace shortlist::tensor
