// Which Faiss this process runs with.
#pragma once

#include <string>

namespace shortlist::index {

// Version, the instruction set of the variant that the loader chose, its file, and the OpenMP threads it may use.
std::string FaissDescription();

}  // namespace shortlist::index
