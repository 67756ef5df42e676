// The CUDA backend on the simulated machine, with kernels that run from PTX.
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "conformance/backends.h"
#include "cuda/cuda_backend.h"
#include "simt/ptx_kernels/ptx_kernels.h"
#include "simt/runtime/machine.h"

namespace shortlist::conformance {
namespace {

constexpr const char* kListVariable = "SHORTLIST_PTX_FILES";

std::vector<std::string> PtxFiles() {
  const char* list = std::getenv(kListVariable);
  if (list == nullptr) throw std::runtime_error(std::string(kListVariable) + " names no list of PTX files");
  std::ifstream lines(list);
  std::vector<std::string> files;
  for (std::string line; std::getline(lines, line);) files.push_back(line);
  return files;
}

std::shared_ptr<simt::PtxKernels> Kernels() {
  static const auto kernels = std::make_shared<simt::PtxKernels>(PtxFiles());
  return kernels;
}

// Says at the end how much ran from PTX, which must be something.
class PtxEnvironment : public ::testing::Environment {
  void TearDown() override {
    std::printf("from PTX: %llu launches, %llu instructions of threads\n",
                static_cast<unsigned long long>(Kernels()->launches()),
                static_cast<unsigned long long>(Kernels()->executed()));
    EXPECT_GT(Kernels()->executed(), 0U);
  }
};

BackendRow Row(const char* name, simt::Order order) {
  return {name, [order] {
            simt::TheMachine().set_interceptor(Kernels());
            simt::TheMachine().set_schedule({order, 0, simt::StreamMode::kEager});
            return cuda::MakeCudaBackend(0, Precision::kFloat32);
          }};
}

}  // namespace

std::vector<BackendRow> Backends() {
  static const auto* const environment = ::testing::AddGlobalTestEnvironment(new PtxEnvironment);
  (void)environment;
  return {Row("cuda_ptx_forward", simt::Order::kForward), Row("cuda_ptx_reverse", simt::Order::kReverse)};
}

}  // namespace shortlist::conformance
