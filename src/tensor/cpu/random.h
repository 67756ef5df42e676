#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::Dropout and Backend::FillNormal.
void Dropout(base::ThreadPool& pool, Matrix values, float rate, RandomKey key, std::int64_t first);
void FillNormal(base::ThreadPool& pool, float* values, std::int64_t size, float deviation, RandomKey key,
                std::int64_t first);

}  // namespace shortlist::tensor::cpu
