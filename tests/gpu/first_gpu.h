// The GPUs of this machine.
#pragma once

#include "tensor/device_library.h"

namespace shortlist::conformance {

// The plug-in of this build, opened as the program does it. Its first device is what the tables run on.
tensor::DeviceLibrary OpenPluginOfThisBuild();

}  // namespace shortlist::conformance
