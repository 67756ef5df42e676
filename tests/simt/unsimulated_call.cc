// A program that must not link: the simulated machine has no such call.
#include <cuda_runtime_api.h>

int main() {
  char name[16];
  return cudaDeviceGetPCIBusId(name, sizeof name, 0);
}
