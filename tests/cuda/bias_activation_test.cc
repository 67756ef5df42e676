#include "cuda/bias_activation.h"

#include <vector>

#include "cuda/check.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using ::testing::ElementsAre;

class BiasActivationTest : public DeviceTest {
 protected:
  static DeviceMemory Device(const std::vector<float>& values) {
    DeviceMemory memory = AllocateDevice(values.size() * sizeof(float), "test");
    Check(cudaMemcpy(memory.get(), values.data(), values.size() * sizeof(float), cudaMemcpyHostToDevice), "test");
    return memory;
  }
  // Of the matrix [1 -2; -3 4].
  std::vector<float> Apply(const float* bias, tensor::Activation activation) {
    const DeviceMemory memory = Device({1, -2, -3, 4});
    BiasActivation(queue_, bias, activation, {static_cast<float*>(memory.get()), 2, 2});
    queue_.Synchronize();
    std::vector<float> values(4);
    Check(cudaMemcpy(values.data(), memory.get(), 4 * sizeof(float), cudaMemcpyDeviceToHost), "test");
    return values;
  }

  Queue queue_{0, Precision::kFloat32};
};

TEST_F(BiasActivationTest, AddsTheBiasOfEachColumn) {
  const DeviceMemory bias = Device({10, 20});
  EXPECT_THAT(Apply(static_cast<float*>(bias.get()), tensor::Activation::kNone), ElementsAre(11, 18, 7, 24));
}

TEST_F(BiasActivationTest, CutsOffAfterTheBias) {
  const DeviceMemory bias = Device({2, 2});
  EXPECT_THAT(Apply(static_cast<float*>(bias.get()), tensor::Activation::kRelu), ElementsAre(3, 0, 0, 6));
}

TEST_F(BiasActivationTest, TheBiasMayBeLeftOut) {
  EXPECT_THAT(Apply(nullptr, tensor::Activation::kRelu), ElementsAre(1, 0, 0, 4));
}

}  // namespace
}  // namespace shortlist::cuda
