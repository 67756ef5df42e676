// What a kernel is called in the source.
#pragma once

#include <string>

namespace shortlist::simt {

// "GatherPoolKernel<4>", without namespaces and parameters; "kernel" where the program does not export its name.
std::string KernelName(const void* function);

}  // namespace shortlist::simt
