// The instruction sets that row kernels are compiled for; the best one that the processor has is chosen when the
// program runs. Included before Highway. Left out: AVX-512 beyond its base and SSSE3, which add nothing here, and
// scalable vectors, which cannot be kept in arrays as these kernels do.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
