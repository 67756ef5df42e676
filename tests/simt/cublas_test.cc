// The simulated cuBLASLt, called as cuda/gemm.cc does: matrices stored by columns.
#include <cublasLt.h>
#include <cuda_bf16.h>

#include "simt/cublas/capabilities.h"
#include "simt/device_fixture.h"

namespace shortlist::simt {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Settings {
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  cublasOperation_t transpose_a = CUBLAS_OP_N;
  cudaDataType factors = CUDA_R_32F;
  cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const float* bias = nullptr;
  float beta = 0;
  std::uint32_t alignment = 4;
};

class CublasTest : public DeviceTest {
 protected:
  CublasTest() { EXPECT_EQ(cublasLtCreate(&handle_), CUBLAS_STATUS_SUCCESS); }
  ~CublasTest() override {
    TheCublasCapabilities().epilogues = true;
    cublasLtDestroy(handle_);
  }

  template <class T>
  static void Set(cublasLtMatmulDesc_t product, cublasLtMatmulDescAttributes_t attribute, T value) {
    EXPECT_EQ(cublasLtMatmulDescSetAttribute(product, attribute, &value, sizeof(value)), CUBLAS_STATUS_SUCCESS);
  }

  // d [2, 2] = a [2, k] or its transpose, times b [k, 2].
  cublasStatus_t Multiply(const Settings& settings, const void* a, const void* b, float* d, std::uint64_t depth) {
    cublasLtMatmulDescCreate(&product_, settings.compute, CUDA_R_32F);
    Set(product_, CUBLASLT_MATMUL_DESC_TRANSA, settings.transpose_a);
    Set(product_, CUBLASLT_MATMUL_DESC_EPILOGUE, settings.epilogue);
    Set(product_, CUBLASLT_MATMUL_DESC_BIAS_POINTER, settings.bias);
    const bool turned = settings.transpose_a == CUBLAS_OP_T;
    const std::uint64_t a_rows = turned ? depth : 2;
    cublasLtMatrixLayoutCreate(&a_, settings.factors, a_rows, turned ? 2 : depth, static_cast<std::int64_t>(a_rows));
    cublasLtMatrixLayoutCreate(&b_, settings.factors, depth, 2, static_cast<std::int64_t>(depth));
    cublasLtMatrixLayoutCreate(&d_, CUDA_R_32F, 2, 2, 2);
    const cublasStatus_t status = Run(settings, a, b, d);
    for (cublasLtMatrixLayout_t layout : {a_, b_, d_}) cublasLtMatrixLayoutDestroy(layout);
    cublasLtMatmulDescDestroy(product_);
    return status;
  }

 private:
  cublasStatus_t Run(const Settings& settings, const void* a, const void* b, float* d) {
    cublasLtMatmulPreference_t preference = nullptr;
    cublasLtMatmulPreferenceCreate(&preference);
    for (const auto attribute :
         {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
          CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
      cublasLtMatmulPreferenceSetAttribute(preference, attribute, &settings.alignment, sizeof(settings.alignment));
    }
    cublasLtMatmulHeuristicResult_t result{};
    int found = 0;
    cublasStatus_t status =
        cublasLtMatmulAlgoGetHeuristic(handle_, product_, a_, b_, d_, d_, preference, 1, &result, &found);
    cublasLtMatmulPreferenceDestroy(preference);
    if (status != CUBLAS_STATUS_SUCCESS) return status;
    const float alpha = 1;
    return cublasLtMatmul(handle_, product_, &alpha, a, a_, b, b_, &settings.beta, d, d_, d, d_, &result.algo, nullptr,
                          0, stream_);
  }

  cublasLtHandle_t handle_ = nullptr;
  cublasLtMatmulDesc_t product_ = nullptr;
  cublasLtMatrixLayout_t a_ = nullptr;
  cublasLtMatrixLayout_t b_ = nullptr;
  cublasLtMatrixLayout_t d_ = nullptr;
};

TEST_F(CublasTest, MultipliesAndAccumulates) {
  auto a = Array(std::vector<float>{1, 2, 3, 4, 5, 6});  // [[1, 3, 5], [2, 4, 6]]
  auto b = Array(std::vector<float>{1, 0, 0, 0, 1, 1});
  auto d = Array(std::vector<float>{10, 10, 10, 10});
  ASSERT_EQ(Multiply({}, a.data(), b.data(), d.data(), 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(1, 2, 8, 10));
  ASSERT_EQ(Multiply({.transpose_a = CUBLAS_OP_T, .beta = 1}, a.data(), b.data(), d.data(), 3), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(2, 6, 13, 21));
}

TEST_F(CublasTest, AddsABiasPerRowAndRectifies) {
  auto a = Array(std::vector<float>{1, 2});
  auto b = Array(std::vector<float>{1, -1});
  auto bias = Array(std::vector<float>{0.5F, -0.5F});
  auto d = Array(std::vector<float>(4));
  ASSERT_EQ(Multiply({.epilogue = CUBLASLT_EPILOGUE_BIAS, .bias = bias.data()}, a.data(), b.data(), d.data(), 1),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(1.5F, 1.5F, -0.5F, -2.5F));
  ASSERT_EQ(Multiply({.epilogue = CUBLASLT_EPILOGUE_RELU_BIAS, .bias = bias.data()}, a.data(), b.data(), d.data(), 1),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(1.5F, 1.5F, 0, 0));
}

TEST_F(CublasTest, RoundsFactorsToTensorFloat32) {
  const float below = 1 + 0x1p-11F - 0x1p-23F;  // to 1
  const float half = 1 + 0x1p-11F;              // away from zero, to 1 + 2^-10
  auto a = Array(std::vector<float>{below, half});
  auto b = Array(std::vector<float>{1, -1});
  auto d = Array(std::vector<float>(4));
  ASSERT_EQ(Multiply({.compute = CUBLAS_COMPUTE_32F_FAST_TF32}, a.data(), b.data(), d.data(), 1),
            CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(1, 1 + 0x1p-10F, -1, -1 - 0x1p-10F));
}

TEST_F(CublasTest, ReadsBfloat16) {
  auto a = Array(std::vector<__nv_bfloat16>{__float2bfloat16(1.5F), __float2bfloat16(-2)});
  auto b = Array(std::vector<__nv_bfloat16>{__float2bfloat16(2), __float2bfloat16(0.25F)});
  auto d = Array(std::vector<float>(4));
  ASSERT_EQ(Multiply({.factors = CUDA_R_16BF}, a.data(), b.data(), d.data(), 1), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(d.Read(), ElementsAre(3, -4, 0.375F, -0.5F));
}

TEST_F(CublasTest, ReportsOperandsThatLeaveTheirMemory) {
  auto a = Array(std::vector<float>(5));
  auto b = Array(std::vector<float>(6));
  auto d = Array(std::vector<float>(4));
  EXPECT_EQ(Multiply({}, a.data(), b.data(), d.data(), 3), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("a matrix of cuBLASLt: 24 bytes do not lie in one allocation")));
}

TEST_F(CublasTest, ReportsOperandsLessAlignedThanPromised) {
  auto a = Array(std::vector<float>(3));
  auto b = Array(std::vector<float>(2));
  auto d = Array(std::vector<float>(4));
  EXPECT_EQ(Multiply({.alignment = 16}, a.data() + 1, b.data(), d.data(), 1), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("less aligned than was promised")));
}

TEST_F(CublasTest, CanLackEpilogues) {
  TheCublasCapabilities().epilogues = false;
  auto a = Array(std::vector<float>(2));
  EXPECT_EQ(Multiply({.epilogue = CUBLASLT_EPILOGUE_RELU}, a.data(), a.data(), a.data(), 1),
            CUBLAS_STATUS_NOT_SUPPORTED);
}

}  // namespace
}  // namespace shortlist::simt
