#include "tensor/blas_core.h"

#include <gtest/gtest.h>

namespace shortlist::tensor {
namespace {

TEST(BlasCoreTest, Avx2KernelsOnAProcessorWithAvx512AreTooSlow) {
  EXPECT_EQ(BetterBlasCore("Haswell", true, ""), "SkylakeX");
  EXPECT_EQ(BetterBlasCore("Zen", true, ""), "SkylakeX");
}

TEST(BlasCoreTest, OtherwiseTheChoiceStands) {
  EXPECT_EQ(BetterBlasCore("Haswell", false, ""), "");
  EXPECT_EQ(BetterBlasCore("SkylakeX", true, ""), "");
  EXPECT_EQ(BetterBlasCore("Cooperlake", true, ""), "");
  EXPECT_EQ(BetterBlasCore("NeoverseN1", false, ""), "");
}

TEST(BlasCoreTest, TheUsersWishStands) {
  EXPECT_EQ(BetterBlasCore("Haswell", true, "Haswell"), "");
}

TEST(BlasCoreTest, AsksTheLibrary) {
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  EXPECT_EQ(BetterBlasCore(), "");
  unsetenv("OPENBLAS_CORETYPE");
}

}  // namespace
}  // namespace shortlist::tensor
