#include <hwy/targets.h>

#include "conformance/backends.h"

namespace shortlist::conformance {
namespace {

BackendRow WithThreads(int threads) {
  return {"cpu_" + std::to_string(threads) + "_threads", [threads] { return tensor::MakeCpuBackend(threads); }};
}

// Row kernels as they run on a processor without newer instructions than those of `targets`.
BackendRow WithInstructions(const std::string& name, std::int64_t targets) {
  return {"cpu_" + name, [targets] {
            hwy::SetSupportedTargetsForTest(targets);
            const auto restore = [](tensor::Backend* backend) {
              delete backend;
              hwy::SetSupportedTargetsForTest(0);
            };
            return std::shared_ptr<tensor::Backend>(tensor::MakeCpuBackend(1).release(), restore);
          }};
}

}  // namespace

std::vector<BackendRow> Backends() {
  return {WithThreads(1), WithThreads(3), WithInstructions("baseline", HWY_STATIC_TARGET),
          WithInstructions("avx2", HWY_AVX2 | HWY_STATIC_TARGET)};
}

}  // namespace shortlist::conformance
