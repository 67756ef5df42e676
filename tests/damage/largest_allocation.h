// The largest piece of memory that anything in this process asks for: the program's own code, Faiss, the C++ library.
#pragma once

#include <cstddef>

namespace shortlist::damage {

// Since the last call of ForgetAllocations.
std::size_t LargestAllocation();
void ForgetAllocations();

}  // namespace shortlist::damage
