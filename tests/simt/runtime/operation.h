// What a stream runs in order, and a graph holds.
#pragma once

#include <functional>

namespace shortlist::simt {

enum class OperationKind { kKernel, kCopy, kFill, kLibrary, kWait, kGraph };

struct Operation {
  OperationKind kind = OperationKind::kLibrary;
  const void* function = nullptr;  // of a kernel
  std::function<void()> run;
};

}  // namespace shortlist::simt
