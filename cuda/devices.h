// The CUDA devices of this machine.
#pragma once

#include <vector>

#include "tensor/device_plugin.h"

namespace shortlist::cuda {

// In CUDA's order. Throws Error{kUnavailable} if none answers.
std::vector<tensor::DeviceDescription> Devices();

}  // namespace shortlist::cuda
