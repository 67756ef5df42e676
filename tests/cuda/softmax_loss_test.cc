// The tiles of the softmax, which the conformance table cannot set: any tiling computes the same.
#include "cuda/softmax_loss.h"

#include <cmath>
#include <random>
#include <vector>

#include "cuda/check.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

constexpr std::int64_t kQueries = 21;
constexpr std::int64_t kCandidates = 37;
constexpr std::int64_t kDimensions = 8;

struct Result {
  std::vector<float> loss, scale_gradient, query_gradient, candidate_gradient, bias_gradient;
};

class SoftmaxLossTest : public DeviceTest {
 protected:
  template <class T>
  T* Device(const std::vector<T>& values) {
    memory_.push_back(AllocateDevice(values.size() * sizeof(T), "test"));
    Check(cudaMemcpy(memory_.back().get(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice), "test");
    return static_cast<T*>(memory_.back().get());
  }
  float* Device(std::int64_t size) { return Device(std::vector<float>(static_cast<std::size_t>(size), NAN)); }
  std::vector<float> Read(const float* device_values, std::int64_t size) {
    std::vector<float> values(static_cast<std::size_t>(size));
    Check(cudaMemcpy(values.data(), device_values, values.size() * sizeof(float), cudaMemcpyDeviceToHost), "test");
    return values;
  }
  std::vector<float> Random(std::int64_t size) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& value : values) value = uniform(random_);
    return values;
  }

  Result Solve(const SoftmaxTiling& tiling) {
    random_.seed(5);
    std::vector<std::int32_t> positives;
    std::vector<std::int32_t> items;
    for (std::int64_t b = 0; b < kQueries; ++b) positives.push_back(static_cast<std::int32_t>(b * 5 % kCandidates));
    for (std::int64_t n = 0; n < kCandidates; ++n) items.push_back(static_cast<std::int32_t>(n % 11));
    const tensor::SoftmaxLossInputs inputs{
        .queries = {Device(Random(kQueries * kDimensions)), kQueries, kDimensions},
        .candidates = {Device(Random(kCandidates * kDimensions)), kCandidates, kDimensions},
        .positives = Device(positives),
        .item_ids = Device(items),
        .bias = Device(Random(kCandidates)),
        .row_weights = Device(Random(kQueries)),
        .scale = Device(std::vector<float>{7})};
    const tensor::SoftmaxLossOutputs outputs{
        .loss = Device(1),
        .query_gradient = {Device(kQueries * kDimensions), kQueries, kDimensions},
        .candidate_gradient = {Device(kCandidates * kDimensions), kCandidates, kDimensions},
        .scale_gradient = Device(1),
        .bias_gradient = Device(kCandidates)};
    queue_.Begin({});
    SoftmaxLoss(queue_, inputs, outputs, tiling);
    queue_.Synchronize();
    return {Read(outputs.loss, 1), Read(outputs.scale_gradient, 1),
            Read(outputs.query_gradient.data, outputs.query_gradient.size()),
            Read(outputs.candidate_gradient.data, outputs.candidate_gradient.size()),
            Read(outputs.bias_gradient, kCandidates)};
  }

  static void ExpectNear(const std::vector<float>& actual, const std::vector<float>& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 2e-6) << i;
  }

  Queue queue_{0, Precision::kFloat32};
  std::vector<DeviceMemory> memory_;
  std::mt19937 random_;
};

// Values are at most about 1, and are sums of at most 37 terms: 2e-6 is 34 units of float32's roundoff.
TEST_F(SoftmaxLossTest, EveryTilingComputesTheSame) {
  const Result whole = Solve({});
  EXPECT_GT(whole.loss[0], 0);
  for (const SoftmaxTiling tiling : {SoftmaxTiling{21, 10}, {4, 37}, {4, 10}, {1, 1}, {20, 36}}) {
    SCOPED_TRACE(std::to_string(tiling.rows) + " by " + std::to_string(tiling.columns));
    const Result tiled = Solve(tiling);
    ExpectNear(tiled.loss, whole.loss);
    ExpectNear(tiled.scale_gradient, whole.scale_gradient);
    ExpectNear(tiled.query_gradient, whole.query_gradient);
    ExpectNear(tiled.candidate_gradient, whole.candidate_gradient);
    ExpectNear(tiled.bias_gradient, whole.bias_gradient);
  }
}

TEST_F(SoftmaxLossTest, OneTilingIsBitwiseRepeatable) {
  const Result first = Solve({4, 10});
  const Result second = Solve({4, 10});
  EXPECT_EQ(first.loss, second.loss);
  EXPECT_EQ(first.query_gradient, second.query_gradient);
  EXPECT_EQ(first.candidate_gradient, second.candidate_gradient);
  EXPECT_EQ(first.bias_gradient, second.bias_gradient);
}

}  // namespace
}  // namespace shortlist::cuda
