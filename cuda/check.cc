#include "cuda/check.h"

#include <cublasLt.h>
#include <string>

#include "shortlist/error.h"

namespace shortlist::cuda {
namespace {

struct Meaning {
  Code code;
  const char* remedy;
};

Meaning MeaningOf(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return {Code::kResourceExhausted,
              "use a smaller batch, fewer negatives or a smaller dimension, or free memory that other programs hold on "
              "the device"};
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorInsufficientDriver:
    case cudaErrorSystemDriverMismatch:
    case cudaErrorSystemNotReady:
    case cudaErrorDevicesUnavailable:
      return {Code::kUnavailable, "run 'shortlist doctor' to see which devices answer, or set device: cpu"};
    case cudaErrorECCUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorContained:
    case cudaErrorDeviceUninitialized:
    case cudaErrorUnknown:
      return {Code::kUnavailable,
              "the device is lost to this process; see 'nvidia-smi -q' and the kernel log, then resume from the last "
              "checkpoint"};
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorIllegalInstruction:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorAssert:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
      return {Code::kInternal,
              "a kernel failed, perhaps one started before; this is a fault of Shortlist or of the device. Run again "
              "with CUDA_LAUNCH_BLOCKING=1 to learn which kernel, and resume from the last checkpoint"};
    case cudaErrorNoKernelImageForDevice:
      return {Code::kUnavailable, "the plug-in holds no code for this device's architecture; set device: cpu"};
    default:
      return {Code::kInternal, "this is a fault of Shortlist; please report it with this message"};
  }
}

Meaning MeaningOf(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_ALLOC_FAILED:
      return MeaningOf(cudaErrorMemoryAllocation);
    case CUBLAS_STATUS_NOT_INITIALIZED:
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return MeaningOf(cudaErrorDevicesUnavailable);
    case CUBLAS_STATUS_EXECUTION_FAILED:
    case CUBLAS_STATUS_MAPPING_ERROR:
      return MeaningOf(cudaErrorLaunchFailure);
    default:
      return MeaningOf(cudaErrorInvalidValue);
  }
}

[[noreturn]] void Fail(std::string_view operation, const std::string& words, const Meaning& meaning) {
  throw Error(meaning.code, std::string(operation) + ": " + words + "; " + meaning.remedy);
}

std::string WordsOf(cudaError_t status) {
  return std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
}

std::string Mebibytes(std::size_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

// Nothing where even asking fails.
std::string MemoryOfDevice() {
  std::size_t free = 0;
  std::size_t total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) return "";
  return ", with " + Mebibytes(free) + " free of " + Mebibytes(total);
}

}  // namespace

void Check(cudaError_t status, std::string_view operation) {
  if (status != cudaSuccess) Fail(operation, WordsOf(status), MeaningOf(status));
}

void Check(cublasStatus_t status, std::string_view operation) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  Fail(operation, std::string(cublasLtGetStatusString(status)) + " (" + cublasLtGetStatusName(status) + ")",
       MeaningOf(status));
}

void CheckAllocation(cudaError_t status, std::string_view operation, std::size_t bytes) {
  if (status == cudaSuccess) return;
  // A failed allocation leaves its error behind for the next call to find; this one has been reported.
  cudaGetLastError();
  Fail(operation, WordsOf(status) + " for " + std::to_string(bytes) + " bytes" + MemoryOfDevice(), MeaningOf(status));
}

}  // namespace shortlist::cuda
