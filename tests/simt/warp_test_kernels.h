#pragma once

namespace shortlist::simt {

void ShuffleKernel(const int* sources, int width, int* out);
void ShuffleXorKernel(int lane_mask, int width, double* out);
void ShuffleUpKernel(unsigned delta, int width, long long* out);
void ShuffleDownKernel(unsigned delta, int width, float* out);
void VoteKernel(unsigned votes, unsigned* out);
void MatchKernel(const int* values, unsigned* out);
void ReduceKernel(const int* values, int* out);
void DivergentKernel(int* out);

void OutsideOwnMaskKernel(int* out);
void AbsentSourceKernel(int* out);
void HalfShufflesKernel(int* out);
void DifferentOperationsKernel(int* out);
void WaitForEachOtherKernel(int* out);

}  // namespace shortlist::simt
