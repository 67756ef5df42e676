// Reads the PTX that nvcc emits for kernels that call nothing.
#pragma once

#include <string_view>

#include "simt/ptx/syntax.h"

namespace shortlist::simt::ptx {

// Throws Fault, with the line, at whatever the interpreter has no notion of: functions, local memory, textures.
ModuleSyntax Parse(std::string_view text);

}  // namespace shortlist::simt::ptx
