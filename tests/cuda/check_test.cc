#include "cuda/check.h"

#include <cuda_runtime.h>

#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using ::testing::HasSubstr;

class CheckTest : public DeviceTest {};

TEST_F(CheckTest, SuccessPasses) {
  Check(cudaSuccess, "Copy");
  Check(CUBLAS_STATUS_SUCCESS, "Gemm");
  CheckAllocation(cudaSuccess, "Allocate", 1);
}

TEST_F(CheckTest, MessagesHoldOperationWordsAndRemedy) {
  const std::string message = ErrorOf(Code::kInternal, [] { Check(cudaErrorIllegalAddress, "Linear"); });
  EXPECT_THAT(message, HasSubstr("Linear: "));
  EXPECT_THAT(message, HasSubstr("cudaErrorIllegalAddress"));
  EXPECT_THAT(message, HasSubstr("CUDA_LAUNCH_BLOCKING=1"));
}

TEST_F(CheckTest, ADeviceThatIsLostIsUnavailable) {
  EXPECT_THAT(ErrorOf(Code::kUnavailable, [] { Check(cudaErrorECCUncorrectable, "TopK"); }),
              HasSubstr("resume from the last checkpoint"));
  EXPECT_THAT(ErrorOf(Code::kUnavailable, [] { Check(cudaErrorInsufficientDriver, "count"); }),
              HasSubstr("shortlist doctor"));
}

TEST_F(CheckTest, MemoryThatIsNotThereIsTold) {
  const std::string message =
      ErrorOf(Code::kResourceExhausted, [] { CheckAllocation(cudaErrorMemoryAllocation, "Allocate", 12345); });
  EXPECT_THAT(message, HasSubstr("12345 bytes, with "));
  EXPECT_THAT(message, HasSubstr("smaller batch"));
}

TEST_F(CheckTest, CublasFailuresHaveTheCodesOfTheirCauses) {
  ErrorOf(Code::kResourceExhausted, [] { Check(CUBLAS_STATUS_ALLOC_FAILED, "Gemm"); });
  ErrorOf(Code::kUnavailable, [] { Check(CUBLAS_STATUS_ARCH_MISMATCH, "Gemm"); });
  ErrorOf(Code::kInternal, [] { Check(CUBLAS_STATUS_EXECUTION_FAILED, "Gemm"); });
  ErrorOf(Code::kInternal, [] { Check(CUBLAS_STATUS_INVALID_VALUE, "Gemm"); });
}

}  // namespace
}  // namespace shortlist::cuda
