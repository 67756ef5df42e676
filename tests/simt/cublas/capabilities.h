// What the simulated cuBLASLt can do; tests take some of it away.
#pragma once

#include <atomic>

namespace shortlist::simt {

struct CublasCapabilities {
  // Without, products with a bias or an activation have no algorithm.
  std::atomic<bool> epilogues{true};
};

CublasCapabilities& TheCublasCapabilities();

}  // namespace shortlist::simt
