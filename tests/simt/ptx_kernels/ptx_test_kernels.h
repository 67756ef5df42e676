#pragma once

namespace shortlist::simt {

void AddOneKernel(int* values);
void WithoutPtxKernel(int* values);

}  // namespace shortlist::simt
