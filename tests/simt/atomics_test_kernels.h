#pragma once

namespace shortlist::simt {

struct AtomicResults {
  int sum;
  unsigned long long wrapped;
  float float_sum;
  double double_sum;
  int least;
  unsigned most;
  unsigned all;
  unsigned any;
  int last;       // exchanged
  int winner;     // compared and swapped
  int exchanges;  // that saw an older value than the first
};

void AtomicsKernel(AtomicResults* results);
void BlockAtomicsKernel(int* total);

}  // namespace shortlist::simt
