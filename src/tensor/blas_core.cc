#include "tensor/blas_core.h"

#include <cblas.h>
#include <cstdlib>

namespace shortlist::tensor {
namespace {

// What OpenBLAS's kernels for Skylake-X are compiled for.
bool HasAvx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

}  // namespace

std::string BetterBlasCore() {
  const char* requested = std::getenv("OPENBLAS_CORETYPE");
  return BetterBlasCore(openblas_get_corename(), HasAvx512(), requested == nullptr ? "" : requested);
}

std::string BetterBlasCore(std::string_view core, bool has_avx512, std::string_view requested) {
  const bool uses_avx2 = core == "Haswell" || core == "Zen";
  return uses_avx2 && has_avx512 && requested.empty() ? "SkylakeX" : "";
}

}  // namespace shortlist::tensor
