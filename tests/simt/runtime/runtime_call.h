// The running kernel thread is inside the runtime, whose own loads and stores are not the kernel's, even where they are
// made by a template that kernel code instantiates too.
#pragma once

#include "simt/device/kernel_thread.h"

namespace shortlist::simt {

class RuntimeCall {
 public:
  RuntimeCall() : thread_(*current_kernel_thread) { thread_.in_kernel = false; }
  ~RuntimeCall() { thread_.in_kernel = true; }
  RuntimeCall(const RuntimeCall&) = delete;
  RuntimeCall& operator=(const RuntimeCall&) = delete;

 private:
  KernelThread& thread_;
};

}  // namespace shortlist::simt
