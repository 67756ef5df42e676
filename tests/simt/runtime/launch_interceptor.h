// Runs kernels in place of the code that the host compiler made of them.
#pragma once

#include "simt/device/launch.h"

namespace shortlist::simt {

class LaunchInterceptor {
 public:
  virtual ~LaunchInterceptor() = default;
  // False if it has no such kernel.
  virtual bool Run(const KernelLaunch& launch) = 0;
};

}  // namespace shortlist::simt
