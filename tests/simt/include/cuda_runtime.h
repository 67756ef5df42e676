// Shadows the toolkit's header of this name where kernels are built by the host compiler. The declarations stay the
// toolkit's own, so that a call that drifts from them does not compile; only what the GPU compiler itself provides is
// supplied here: indices, barriers, warp operations, atomics, device arithmetic, shared memory and the launch.
// Runtime calls are defined in simt/runtime; one that is not defined there does not link.
#pragma once

#define cudaLaunchKernelEx launch_of_the_toolkit
#include_next <cuda_runtime.h>
#undef cudaLaunchKernelEx

// The toolkit leaves these empty for the host compiler. Memory that is not written through the macros of
// simt/device/shared_memory.h would silently become a local variable, so the keyword does not compile.
#undef __shared__
#define __shared__ shared_memory_must_be_declared_with_SHORTLIST_SHARED
#undef __constant__
#define __constant__ constant_memory_is_not_simulated
#undef __launch_bounds__
#define __launch_bounds__(...)

#include "simt/device/arithmetic.h"
#include "simt/device/atomics.h"
#include "simt/device/barriers.h"
#include "simt/device/indices.h"
#include "simt/device/launch.h"
#include "simt/device/memory_access.h"
#include "simt/device/shared_memory.h"
#include "simt/device/warp_operations.h"
