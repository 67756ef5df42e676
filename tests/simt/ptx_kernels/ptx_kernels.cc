#include "simt/ptx_kernels/ptx_kernels.h"

#include <dlfcn.h>
#include <fstream>
#include <iterator>

#include "simt/ptx/decoder.h"
#include "simt/ptx/execution.h"
#include "simt/ptx/fault.h"
#include "simt/ptx/parser.h"
#include "simt/ptx_kernels/device_memory.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

std::string Contents(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw ptx::Fault("cannot open " + file);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string MangledName(const void* function) {
  Dl_info symbol{};
  if (dladdr(function, &symbol) == 0 || symbol.dli_sname == nullptr || symbol.dli_saddr != function) {
    throw ptx::Fault("a kernel's name is not exported: link with ENABLE_EXPORTS, and give kernels external linkage");
  }
  return symbol.dli_sname;
}

ptx::Grid GridOf(const KernelLaunch& launch) {
  return {{launch.blocks.x, launch.blocks.y, launch.blocks.z},
          {launch.threads.x, launch.threads.y, launch.threads.z},
          launch.dynamic_shared_bytes,
          TheMachine().schedule().order == Order::kReverse ? ptx::RunOrder::kReverse : ptx::RunOrder::kForward};
}

}  // namespace

PtxKernels::PtxKernels(const std::vector<std::string>& files) {
  for (const std::string& file : files) Load(file);
}

void PtxKernels::Load(const std::string& file) {
  try {
    const ptx::OpcodeTable table;
    const ptx::ModuleSyntax module = ptx::Parse(Contents(file));
    for (const ptx::KernelSyntax& kernel : module.kernels) {
      kernels_.emplace(kernel.name, ptx::Decode(module, kernel, table));
    }
  } catch (const ptx::Fault& fault) {
    throw ptx::Fault(file + ": " + fault.what());
  }
}

bool PtxKernels::Run(const KernelLaunch& launch) {
  try {
    Execute(launch);
  } catch (const ptx::Fault& fault) {
    TheMachine().reports().Add("ptx", fault.what());
  }
  return true;
}

void PtxKernels::Execute(const KernelLaunch& launch) {
  const std::string name = MangledName(launch.function);
  const auto kernel = kernels_.find(name);
  if (kernel == kernels_.end()) throw ptx::Fault("no kernel " + name + " in the PTX files");
  DeviceMemory memory;
  ++launches_;
  executed_ += ptx::Execute(kernel->second, GridOf(launch), launch.parameters, memory);
}

}  // namespace shortlist::simt
