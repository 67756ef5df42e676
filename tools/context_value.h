// Values of any of the types that requests carry, as context of a shopper or as attributes of items.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace shortlist::v1 {
class ContextValue;
}

namespace shortlist::tools {

using ContextValue = std::variant<double, std::string, std::vector<std::string>>;

v1::ContextValue MessageOf(const ContextValue& value);

}  // namespace shortlist::tools
