#include "tensor/limited_backend.h"

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

TEST(LimitedBackend, AllocatesUpToTheLimit) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  LimitedBackend limited(*backend, 1000);
  {
    const Buffer first = limited.Allocate(600);
    EXPECT_EQ(first.bytes(), 600U);
    try {
      limited.Allocate(401);
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kResourceExhausted);
      EXPECT_NE(std::string(error.what()).find("401 bytes beside 600"), std::string::npos) << error.what();
    }
    const Buffer second = limited.Allocate(400);
  }
  const Buffer again = limited.Allocate(900);
  EXPECT_EQ(limited.peak_bytes(), 1000U);
}

TEST(LimitedBackend, ComputesOnTheOther) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  LimitedBackend limited(*backend, 1000);
  std::vector<float> values = {3, 4};
  float norm = 0;
  limited.SquaredNorm(values.data(), 2, &norm);
  EXPECT_EQ(norm, 25);
  EXPECT_EQ(limited.Name(), "cpu");
}

}  // namespace
}  // namespace shortlist::tensor
