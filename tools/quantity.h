#pragma once

#include <string>

namespace shortlist::tools {

// A number with an optional k, M, G or T (powers of 1000) and an optional unit behind it: "80GB", "450GB/s", "100M",
// "60TFLOP/s". Throws Error{kInvalidArgument} for anything else.
double ParseQuantity(const std::string& text);

}  // namespace shortlist::tools
