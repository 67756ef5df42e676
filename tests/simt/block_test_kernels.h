#pragma once

namespace shortlist::simt {

// Faultless.
void ReverseBlockKernel(const int* in, int* out);
void SumBlockKernel(const int* in, int* out);
void CountVotesKernel(int limit, int* out);
void GarbageKernel(unsigned* out);
void TwoPiecesKernel(int* out);
void IndicesKernel(int* out);
void TickKernel(unsigned* clock, unsigned* out);

// Faulty.
void MissingBarrierKernel(const int* in, int* out);
void DivergentBarrierKernel(int* out);
void EarlyReturnKernel(int* out);
void LateReturnKernel(int* out);
void SharedOverrunKernel(int* out);
void MuchSharedKernel(int* out);

}  // namespace shortlist::simt
