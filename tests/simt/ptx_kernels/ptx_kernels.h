// Runs kernels from the PTX that nvcc made of them, in place of the code that the host compiler made.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "simt/ptx/instruction.h"
#include "simt/runtime/launch_interceptor.h"

namespace shortlist::simt {

class PtxKernels final : public LaunchInterceptor {
 public:
  // Decodes every kernel of the files. Throws ptx::Fault, with the file, at whatever the interpreter cannot run.
  explicit PtxKernels(const std::vector<std::string>& files);

  // Finds the kernel by its mangled name, which the program must export. Always true: a kernel that the files lack is
  // reported, and so is what the interpreter finds wrong. Of the machine's schedule it knows the orders forward (which
  // it takes random for) and reverse.
  bool Run(const KernelLaunch& launch) override;

  // Launches so far, and instructions that threads executed in them.
  std::uint64_t launches() const { return launches_; }
  std::uint64_t executed() const { return executed_; }

 private:
  void Load(const std::string& file);
  void Execute(const KernelLaunch& launch);

  std::map<std::string, ptx::Kernel> kernels_;
  std::uint64_t launches_ = 0;
  std::uint64_t executed_ = 0;
};

}  // namespace shortlist::simt
