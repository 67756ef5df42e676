// Which of its kernels OpenBLAS uses.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::tensor {

// OpenBLAS chooses its kernels when it is loaded, from a list of processors, and takes those for AVX2 on any that is
// newer than itself (0.3.21 on AMD Zen 4 and 5), which halves the speed of everything here. Returns the value of the
// environment variable OPENBLAS_CORETYPE to start this program with instead; empty if the choice is right or the
// variable is set already.
std::string BetterBlasCore();

// The rule behind it: the kernels in use, whether the processor has the AVX-512 of Intel Skylake-X, and the variable's
// present value.
std::string BetterBlasCore(std::string_view core, bool has_avx512, std::string_view requested);

}  // namespace shortlist::tensor
