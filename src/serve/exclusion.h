// What a search must not return.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace shortlist::serve {

// The given numbers and those that `find` has for the ids (it returns -1 for unknown ones, which are left out), sorted
// and each once, as index::VectorIndex::Search wants them.
std::vector<std::int32_t> Exclusions(std::vector<std::int32_t> numbers, const std::vector<std::string_view>& ids,
                                     const std::function<std::int32_t(std::string_view)>& find);

}  // namespace shortlist::serve
