#include "cuda/devices.h"

#include <cuda_runtime_api.h>

#include "cuda/check.h"

namespace shortlist::cuda {

std::vector<tensor::DeviceDescription> Devices() {
  // Without a driver the call fails and leaves the count as it was.
  int count = 0;
  Check(cudaGetDeviceCount(&count), "count the devices");
  std::vector<tensor::DeviceDescription> devices;
  for (int device = 0; device < count; ++device) {
    cudaDeviceProp properties{};
    Check(cudaGetDeviceProperties(&properties, device), "describe a device");
    devices.push_back({properties.name, properties.totalGlobalMem});
  }
  return devices;
}

}  // namespace shortlist::cuda
