#include "cuda/devices.h"

#include <cuda_runtime_api.h>

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

// 0 where the driver does not tell. Memory moves data twice per clock.
double MemoryRate(int device) {
  int kilohertz = 0;
  int bits = 0;
  if (cudaDeviceGetAttribute(&kilohertz, cudaDevAttrMemoryClockRate, device) != cudaSuccess) return 0;
  if (cudaDeviceGetAttribute(&bits, cudaDevAttrGlobalMemoryBusWidth, device) != cudaSuccess) return 0;
  return 2e3 * kilohertz * (bits / 8.0);
}

}  // namespace

std::vector<tensor::DeviceDescription> Devices() {
  // Without a driver the call fails and leaves the count as it was.
  int count = 0;
  Check(cudaGetDeviceCount(&count), "count the devices");
  std::vector<tensor::DeviceDescription> devices;
  for (int device = 0; device < count; ++device) {
    cudaDeviceProp properties{};
    Check(cudaGetDeviceProperties(&properties, device), "describe a device");
    devices.push_back({properties.name, properties.totalGlobalMem, MemoryRate(device)});
  }
  return devices;
}

}  // namespace shortlist::cuda
