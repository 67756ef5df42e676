// Failed CUDA calls as typed errors.
#pragma once

#include <cstddef>
#include <cublas_api.h>
#include <cuda_runtime_api.h>
#include <string_view>

namespace shortlist::cuda {

// Throws unless the call succeeded; the message holds `operation`, CUDA's own words and what to do.
// Memory that is not there: kResourceExhausted. A device that is lost or a driver that does not answer: kUnavailable.
// A call that Shortlist should not have made, or a kernel that failed: kInternal. CUDA reports a kernel's failure with
// any later call, so `operation` may be innocent then; the message says so.
void Check(cudaError_t status, std::string_view operation);
void Check(cublasStatus_t status, std::string_view operation);

// The same for an allocation of `bytes`: the message also tells how much memory the device has and how much is free.
void CheckAllocation(cudaError_t status, std::string_view operation, std::size_t bytes);

}  // namespace shortlist::cuda
