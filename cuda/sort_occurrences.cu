// Stable radix sort of (table row, occurrence) pairs by table row.
//
// Shapes: rows, occurrences [count]. Mapping and determinism: Thrust's. Moves 12 bytes per pair and pass, in and out,
// over 4 passes of 8 bits.
#include <thrust/sort.h>
#include <thrust/system_error.h>

#include "cuda/check.h"
#include "cuda/sort_occurrences.h"
#include "cuda/thrust_policy.h"

namespace shortlist::cuda {

void SortOccurrences(Queue& queue, std::uint32_t* rows, Occurrence* occurrences, std::int64_t count) {
  try {
    thrust::stable_sort_by_key(ThrustPolicy(queue), rows, rows + count, occurrences);
  } catch (const thrust::system_error& error) {
    Check(static_cast<cudaError_t>(error.code().value()), "sort occurrences of table rows");
  }
}

}  // namespace shortlist::cuda
