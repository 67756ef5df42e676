#include "index/column_check.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "index/require.h"

namespace shortlist::index {

void RequireDistinct(const std::vector<std::string>& ids, const std::string& what) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(ids.size());
  for (const std::string& id : ids) {
    if (!seen.insert(id).second) RequireInput(false, fmt::format("{} '{}' appears more than once", what, id));
  }
}

bool AreRows(std::span<const std::int32_t> values, std::int64_t count) {
  return std::all_of(values.begin(), values.end(), [&](std::int32_t value) { return value >= 0 && value < count; });
}

bool AreOffsets(std::span<const std::int64_t> offsets, std::int64_t end) {
  return !offsets.empty() && offsets.front() == 0 && offsets.back() == end &&
         std::is_sorted(offsets.begin(), offsets.end());
}

}  // namespace shortlist::index
