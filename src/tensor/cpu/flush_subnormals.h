// Floats below the smallest normal one, 1.2e-38.
#pragma once

#include <xmmintrin.h>

namespace shortlist::tensor::cpu {

// While one lives, arithmetic of the calling thread reads and writes such numbers as zero. The processor takes about a
// hundred times as long for a product with one, and the probabilities of a sharp softmax are full of them.
class FlushSubnormals {
 public:
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kFlushToZero | kSubnormalsAreZero); }
  ~FlushSubnormals() { _mm_setcsr(before_); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  static constexpr unsigned kFlushToZero = 0x8000;
  static constexpr unsigned kSubnormalsAreZero = 0x0040;

  unsigned before_;
};

}  // namespace shortlist::tensor::cpu
