#include "eval/interaction_lists.h"

#include <algorithm>

#include "eval/recommender.h"

namespace shortlist::eval {

void CountsToOffsets(std::vector<std::int64_t>& offsets) {
  for (std::size_t row = 1; row < offsets.size(); ++row) offsets[row] += offsets[row - 1];
}

IndexLists ItemsByUser(const Parts& parts) {
  IndexLists lists;
  const std::int64_t users = parts.front()->users();
  Query query;
  for (std::int64_t user = 0; user < users; ++user) {
    ReadHistory(parts, user, query);
    std::sort(query.history.begin(), query.history.end());
    const auto end = std::unique(query.history.begin(), query.history.end());
    lists.values.insert(lists.values.end(), query.history.begin(), end);
    lists.offsets.push_back(static_cast<std::int64_t>(lists.values.size()));
  }
  return lists;
}

IndexLists Transpose(const IndexLists& lists, std::int64_t rows) {
  IndexLists result;
  result.offsets.assign(static_cast<std::size_t>(rows) + 1, 0);
  for (const std::int32_t value : lists.values) ++result.offsets[static_cast<std::size_t>(value) + 1];
  CountsToOffsets(result.offsets);
  result.values.resize(lists.values.size());
  std::vector<std::int64_t> next(result.offsets.begin(), result.offsets.end() - 1);
  for (std::size_t row = 0; row < lists.rows(); ++row) {
    for (const std::int32_t value : lists[row]) {
      result.values[static_cast<std::size_t>(next[static_cast<std::size_t>(value)]++)] = static_cast<std::int32_t>(row);
    }
  }
  return result;
}

}  // namespace shortlist::eval
