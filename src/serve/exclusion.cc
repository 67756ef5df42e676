#include "serve/exclusion.h"

#include <algorithm>
#include <utility>

namespace shortlist::serve {

std::vector<std::int32_t> Exclusions(std::vector<std::int32_t> numbers, const std::vector<std::string_view>& ids,
                                     const std::function<std::int32_t(std::string_view)>& find) {
  for (const std::string_view id : ids) {
    const std::int32_t number = find(id);
    if (number >= 0) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace shortlist::serve
