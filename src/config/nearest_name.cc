#include "config/nearest_name.h"

#include <algorithm>
#include <vector>

namespace shortlist::config {
namespace {

constexpr std::size_t kLongestCompared = 200;

std::string Join(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> distance(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) distance[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) distance[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, substitution});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
    }
  }
  return distance[a.size()][b.size()];
}

std::string SuggestName(std::string_view wrong, std::span<const std::string_view> names) {
  wrong = wrong.substr(0, kLongestCompared);
  const auto nearest = std::min_element(names.begin(), names.end(), [&](std::string_view a, std::string_view b) {
    return EditDistance(wrong, a) < EditDistance(wrong, b);
  });
  const bool near = EditDistance(wrong, *nearest) <= std::max(wrong.size(), nearest->size()) / 2;
  return near ? "did you mean '" + std::string(*nearest) + "'?" : "valid are " + Join(names);
}

}  // namespace shortlist::config
