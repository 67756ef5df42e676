#pragma once

namespace shortlist::simt {

// values[i] = factor * values[i] + term, of `size`.
void ScaleAddKernel(int factor, int term, int size, int* values);

}  // namespace shortlist::simt
