// Symmetric matrices in float32: what linear models do with them. Through OpenBLAS, which runs in the calling thread;
// threads are the pool's.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"

namespace shortlist::linear {

// Replaces a matrix, row-major [rows, rows], by its inverse. Only the lower triangle is read; the result is whole.
// Takes rows^3 operations, through a block-wise symmetric sweep (Goodnight, "A tutorial on the SWEEP operator",
// American Statistician 1979), and next to no memory beside the matrix. The result does not depend on the number of
// threads. Throws Error{kInvalidArgument} if the matrix is not positive definite.
void InvertPositiveDefinite(std::span<float> matrix, std::int64_t rows, base::ThreadPool& pool);

// The eigenvalues, rising, of a matrix, row-major [rows, rows], of which the lower triangle is read. Row k of the
// matrix becomes the eigenvector of the k-th, of length one. Throws Error{kInvalidArgument} if a value is not finite.
std::vector<float> Diagonalize(std::span<float> matrix, std::int64_t rows);

// The lower triangle of `gram`, row-major [columns, columns], += the outer products of the rows, row-major
// [count, columns], each with itself. In the calling thread.
void AddOuterProducts(std::span<const float> rows, std::int64_t columns, std::span<float> gram);

}  // namespace shortlist::linear
