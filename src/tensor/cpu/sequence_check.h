#pragma once

#include "tensor/buffer.h"

namespace shortlist::tensor::cpu {

// Throws Error{kInvalidArgument} naming operation and place unless offsets rise from 0 to `rows` by `longest` at the
// most: a host that can look at them says what a device could only misread.
void CheckSequences(const char* operation, const SequencesView& sequences);

}  // namespace shortlist::tensor::cpu
