// Attributes of items as datasets and bundles store them.
#pragma once

#include <string>
#include <string_view>

#include "features/value.h"

namespace shortlist::filter {

// {"price": 1.5, "category": "a", "tags": ["b", "c"]} as cells. Throws Error{kDataLoss} for anything but an object of
// numbers, texts and lists of these.
features::Record ReadAttributes(std::string_view json);

// The inverse. Bytes that are not UTF-8 become U+FFFD.
std::string WriteAttributes(const features::Record& attributes);

}  // namespace shortlist::filter
