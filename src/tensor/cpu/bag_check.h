// Checks of the contents of bags, which host memory makes cheap: a wrong id would corrupt memory.
#pragma once

#include "tensor/buffer.h"

namespace shortlist::tensor::cpu {

// Throws Error{kInvalidArgument} naming `operation` unless offsets rise from 0 to count and ids lie in [0, table_rows).
void CheckBags(const char* operation, const BagsView& bags, std::int64_t table_rows);

}  // namespace shortlist::tensor::cpu
