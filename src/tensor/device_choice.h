// From the setting `device` and what a machine has to a backend.
#pragma once

#include <memory>
#include <string>

#include "shortlist/device.h"
#include "shortlist/settings/precision.h"
#include "tensor/backend.h"
#include "tensor/device_library.h"

namespace shortlist::tensor {

struct DeviceChoice {
  DeviceName device;   // kCpu or kCuda
  std::string reason;  // for people, as in "cuda:0, because ..."
};

// What `wanted` comes down to where `library` is what was found. Throws Error{kUnavailable} if a CUDA device was asked
// for by its number and does not answer, saying why.
DeviceChoice ChooseDevice(DeviceName wanted, const DeviceLibrary& library);

// `threads` concerns the CPU.
std::unique_ptr<Backend> MakeBackend(const DeviceChoice& choice, const DeviceLibrary& library, int threads,
                                     Precision precision);

}  // namespace shortlist::tensor
