// Arrays that begin between two 16-byte boundaries, which kernels must not read by vectors: the conformance table's
// arrays are all aligned.
#include <random>
#include <vector>

#include "cuda/cuda_backend.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

constexpr std::int64_t kSize = 1000;

class UnalignedTest : public DeviceTest {
 protected:
  // `offset` values behind an aligned address.
  struct Array {
    tensor::Buffer buffer;
    std::int64_t offset;
    float* data() const { return buffer.As<float>() + offset; }
  };

  Array Random(std::int64_t size, std::int64_t offset, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(0.1F, 1);
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& value : values) value = uniform(random);
    Array array{backend_->Allocate(static_cast<std::size_t>(size + offset) * sizeof(float)), offset};
    backend_->Upload(values.data(), array.data(), values.size() * sizeof(float));
    return array;
  }
  std::vector<float> Read(const Array& array, std::int64_t size) {
    std::vector<float> values(static_cast<std::size_t>(size));
    backend_->Download(array.data(), values.data(), values.size() * sizeof(float));
    return values;
  }

  std::unique_ptr<tensor::Backend> backend_ = MakeCudaBackend(0, Precision::kFloat32);
};

TEST_F(UnalignedTest, ElementwiseOperationsComputeTheSame) {
  const auto result = [this](std::int64_t offset) {
    const Array x = Random(kSize, offset, 1);
    const Array y = Random(kSize, 0, 2);
    backend_->Scale(x.data(), 1.5F, kSize);
    backend_->Dropout({x.data(), 1, kSize}, 0.5F, {1, 2}, 0);
    backend_->AddScaled(x.data(), 2, y.data(), kSize);
    backend_->MovingAverage(y.data(), 0.9F, x.data(), kSize);
    return Read(x, kSize);
  };
  for (const std::int64_t offset : {1, 2, 3}) EXPECT_EQ(result(offset), result(0)) << offset;
}

TEST_F(UnalignedTest, ConversionsComputeTheSame) {
  const auto result = [this](std::int64_t offset) {
    const Array x = Random(kSize, offset, 1);
    const tensor::Buffer rounded = backend_->Allocate(kSize * sizeof(std::uint16_t));
    backend_->RoundToBfloat16(x.data(), rounded.As<std::uint16_t>(), kSize);
    backend_->WidenBfloat16(rounded.As<std::uint16_t>(), tensor::Write::kAdd, x.data(), kSize);
    return Read(x, kSize);
  };
  EXPECT_EQ(result(1), result(0));
}

// Sums of 1000 squares in another order.
TEST_F(UnalignedTest, SquaredNormComputesTheSameUpToTheOrderOfSums) {
  const auto result = [this](std::int64_t offset) {
    const Array x = Random(kSize, offset, 1);
    const Array norm = Random(1, 0, 2);
    backend_->SquaredNorm(x.data(), kSize, norm.data());
    return Read(norm, 1).front();
  };
  EXPECT_NEAR(result(1), result(0), kSize * 0x1p-24 * result(0));
}

TEST_F(UnalignedTest, OptimizersComputeTheSame) {
  for (const auto kind : {tensor::OptimizerKind::kSgd, tensor::OptimizerKind::kAdagrad, tensor::OptimizerKind::kAdam}) {
    const auto result = [&](std::int64_t offset) {
      const Array parameters = Random(kSize, offset, 1);
      const Array gradient = Random(kSize, 0, 2);
      const Array state = Random(tensor::StateWidth(kind, kSize) + 1, 0, 3);
      backend_->DenseUpdate(parameters.data(), gradient.data(), state.data(), kSize, {.kind = kind});
      return Read(parameters, kSize);
    };
    EXPECT_EQ(result(1), result(0));
  }
}

// Sums of 64 squares in another order: 64 units of float32's roundoff.
TEST_F(UnalignedTest, NormalizationComputesTheSameUpToTheOrderOfSums) {
  constexpr std::int64_t kColumns = 64;
  const auto result = [this](std::int64_t offset) {
    const Array input = Random(5 * kColumns, offset, 1);
    const Array out = Random(5 * kColumns, 0, 2);
    const Array norms = Random(5, 0, 3);
    const Array gradient = Random(5 * kColumns, 0, 4);
    backend_->NormalizeRows({input.data(), 5, kColumns}, {out.data(), 5, kColumns}, norms.data());
    backend_->NormalizeRowsBackward({out.data(), 5, kColumns}, norms.data(), {gradient.data(), 5, kColumns},
                                    {input.data(), 5, kColumns});
    return Read(input, 5 * kColumns);
  };
  const std::vector<float> aligned = result(0);
  const std::vector<float> unaligned = result(1);
  for (std::size_t i = 0; i < aligned.size(); ++i) ASSERT_NEAR(unaligned[i], aligned[i], 4e-6) << i;
}

}  // namespace
}  // namespace shortlist::cuda
