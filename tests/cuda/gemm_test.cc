#include "cuda/gemm.h"

#include <random>
#include <vector>

#include "cuda/check.h"
#include "cuda/device_test.h"
#include "cuda/queue.h"
#include "simt/cublas/capabilities.h"

namespace shortlist::cuda {
namespace {

using ::testing::ElementsAre;

class GemmTest : public DeviceTest {
 protected:
  float* Device(const std::vector<float>& values) {
    memory_.push_back(AllocateDevice(values.size() * sizeof(float), "test"));
    Check(cudaMemcpy(memory_.back().get(), values.data(), values.size() * sizeof(float), cudaMemcpyHostToDevice),
          "test");
    return static_cast<float*>(memory_.back().get());
  }
  std::vector<float> Multiply(Precision precision, const GemmFactor& left, const GemmFactor& right, GemmOutput output) {
    Queue queue(0, precision);
    queue.Begin({});
    Gemm(queue, left, right, output);
    queue.Synchronize();
    std::vector<float> values(static_cast<std::size_t>(output.out.size()));
    Check(cudaMemcpy(values.data(), output.out.data, values.size() * sizeof(float), cudaMemcpyDeviceToHost), "test");
    return values;
  }

  std::vector<DeviceMemory> memory_;
};

TEST_F(GemmTest, EveryOrientation) {
  // [1 2 3; 4 5 6] * [1 0; 0 1; 1 1]
  const tensor::ConstMatrix left(Device({1, 2, 3, 4, 5, 6}), 2, 3);
  const tensor::ConstMatrix left_stored_by_columns(Device({1, 4, 2, 5, 3, 6}), 3, 2);
  const tensor::ConstMatrix right(Device({1, 0, 0, 1, 1, 1}), 3, 2);
  const tensor::ConstMatrix right_stored_by_columns(Device({1, 0, 1, 0, 1, 1}), 2, 3);
  const GemmOutput output{.out = {Device({0, 0, 0, 0}), 2, 2}};
  for (const GemmFactor& a : {GemmFactor{left}, GemmFactor{left_stored_by_columns, Orientation::kTransposed}}) {
    for (const GemmFactor& b : {GemmFactor{right}, GemmFactor{right_stored_by_columns, Orientation::kTransposed}}) {
      EXPECT_THAT(Multiply(Precision::kFloat32, a, b, output), ElementsAre(4, 5, 10, 11));
    }
  }
}

TEST_F(GemmTest, FactorBiasAndActivationFollow) {
  const GemmFactor left{{Device({1, 2}), 2, 1}};
  const GemmFactor right{{Device({1, -1}), 1, 2}};
  const GemmOutput output{.out = {Device({9, 9, 9, 9}), 2, 2},
                          .factor = Device({3}),
                          .bias = Device({1, 4}),
                          .activation = tensor::Activation::kRelu};
  EXPECT_THAT(Multiply(Precision::kFloat32, left, right, output), ElementsAre(4, 1, 7, 0));
}

// cuBLASLt need not have a fused algorithm for every shape; what follows the product is then a kernel of its own.
TEST_F(GemmTest, WhatCannotBeFusedFollowsByItself) {
  simt::TheCublasCapabilities().epilogues = false;
  const GemmOutput output{
      .out = {Device({9, 9, 9, 9}), 2, 2}, .bias = Device({1, 4}), .activation = tensor::Activation::kRelu};
  EXPECT_THAT(Multiply(Precision::kFloat32, {{Device({3, 6}), 2, 1}}, {{Device({1, -1}), 1, 2}}, output),
              ElementsAre(4, 1, 7, 0));
  simt::TheCublasCapabilities().epilogues = true;
}

TEST_F(GemmTest, AddsToWhatIsThere) {
  const GemmOutput output{.out = {Device({100}), 1, 1}, .write = tensor::Write::kAdd};
  EXPECT_THAT(Multiply(Precision::kFloat32, {{Device({2}), 1, 1}}, {{Device({3}), 1, 1}}, output), ElementsAre(106));
}

TEST_F(GemmTest, AProductOverNothingIsZeroAndItsBias) {
  const GemmOutput output{.out = {Device({7, 7}), 1, 2}, .bias = Device({1, 2})};
  EXPECT_THAT(Multiply(Precision::kFloat32, {{nullptr, 1, 0}}, {{nullptr, 0, 2}}, output), ElementsAre(1, 2));
}

// 1 + 2^-9 has 9 bits behind the point: tf32 keeps them, bfloat16 rounds to 1.
TEST_F(GemmTest, PrecisionSaysWhatIsReadOfFactors) {
  const float value = 1 + 0x1p-9F;
  const auto square = [&](Precision precision) {
    const GemmFactor factor{{Device({value}), 1, 1}};
    return Multiply(precision, factor, factor, {.out = {Device({0}), 1, 1}}).front();
  };
  EXPECT_EQ(square(Precision::kFloat32), value * value);
  EXPECT_EQ(square(Precision::kTensorFloat32), value * value);
  EXPECT_EQ(square(Precision::kBfloat16), 1);
}

TEST_F(GemmTest, EveryValueOfAFactorIsRounded) {
  constexpr int kDepth = 1030;
  const std::vector<float> values(kDepth, 1 + 0x1p-9F);
  EXPECT_THAT(Multiply(Precision::kBfloat16, {{Device(values), 1, kDepth}}, {{Device(values), kDepth, 1}},
                       {.out = {Device({0}), 1, 1}}),
              ElementsAre(kDepth));
}

// Sums stay float32: 2^8 + 1 in bfloat16 would be 2^8.
TEST_F(GemmTest, SumsAreFloat32InEveryPrecision) {
  const GemmFactor left{{Device({16, 1}), 1, 2}};
  const GemmFactor right{{Device({16, 1}), 2, 1}};
  for (const Precision precision : {Precision::kFloat32, Precision::kTensorFloat32, Precision::kBfloat16}) {
    EXPECT_THAT(Multiply(precision, left, right, {.out = {Device({0}), 1, 1}}), ElementsAre(257));
  }
}

}  // namespace
}  // namespace shortlist::cuda
