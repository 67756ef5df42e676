// The program of tests that need a GPU: where none answers it says why and runs nothing.
#include <iostream>

#include <gtest/gtest.h>

#include "gpu/first_gpu.h"

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  const shortlist::tensor::DeviceLibrary library = shortlist::conformance::OpenPluginOfThisBuild();
  if (library.devices.empty()) {
    std::cout << "SKIPPED: no GPU answers: " << library.problem << "\n";
    return 0;
  }
  return RUN_ALL_TESTS();
}
