#include "eval/item_content.h"

#include <algorithm>
#include <cmath>

namespace shortlist::eval {
namespace {

// One past the largest id of each feature; features stand one behind the other.
std::vector<std::int32_t> FirstIds(const base::EncodedFeatures& features) {
  std::vector<std::int32_t> first = {0};
  for (const base::Bags& bags : features.categorical) {
    const auto largest = std::ranges::max_element(bags.ids);
    first.push_back(first.back() + (largest == bags.ids.end() ? 0 : *largest + 1));
  }
  return first;
}

}  // namespace

std::span<const ItemContent::Entry> ItemContent::Rows::Row(std::int32_t row) const {
  const auto at = static_cast<std::size_t>(row);
  return std::span(entries).subspan(static_cast<std::size_t>(offsets[at]),
                                    static_cast<std::size_t>(offsets[at + 1] - offsets[at]));
}

ItemContent::Rows ItemContent::Transposed(const Rows& rows, std::int64_t columns) {
  Rows out;
  out.offsets.assign(static_cast<std::size_t>(columns) + 1, 0);
  for (const Entry& entry : rows.entries) ++out.offsets[static_cast<std::size_t>(entry.id) + 1];
  for (std::size_t c = 1; c < out.offsets.size(); ++c) out.offsets[c] += out.offsets[c - 1];
  out.entries.resize(rows.entries.size());
  std::vector<std::int64_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (std::int32_t row = 0; row + 1 < static_cast<std::int32_t>(rows.offsets.size()); ++row) {
    for (const Entry& entry : rows.Row(row)) {
      out.entries[static_cast<std::size_t>(next[static_cast<std::size_t>(entry.id)]++)] = {row, entry.weight};
    }
  }
  return out;
}

ItemContent::ItemContent(const base::EncodedFeatures& features) {
  const std::vector<std::int32_t> first = FirstIds(features);
  by_item_.offsets.push_back(0);
  for (std::int64_t item = 0; item < features.rows; ++item) {
    for (std::size_t f = 0; f < features.categorical.size(); ++f) {
      const base::Bags& bags = features.categorical[f];
      for (std::int64_t at = bags.offsets[static_cast<std::size_t>(item)];
           at < bags.offsets[static_cast<std::size_t>(item) + 1]; ++at) {
        by_item_.entries.push_back(
            {first[f] + bags.ids[static_cast<std::size_t>(at)], bags.weights[static_cast<std::size_t>(at)]});
      }
    }
    by_item_.offsets.push_back(static_cast<std::int64_t>(by_item_.entries.size()));
  }
  const Rows with = Transposed(by_item_, first.back());
  const auto items = static_cast<double>(features.rows);
  for (std::int64_t item = 0; item < features.rows; ++item) {
    const auto begin = static_cast<std::size_t>(by_item_.offsets[static_cast<std::size_t>(item)]);
    const auto end = static_cast<std::size_t>(by_item_.offsets[static_cast<std::size_t>(item) + 1]);
    double squared = 0;
    for (std::size_t e = begin; e < end; ++e) {
      Entry& entry = by_item_.entries[e];
      entry.weight *= static_cast<float>(std::log(items / static_cast<double>(with.Row(entry.id).size())));
      squared += static_cast<double>(entry.weight) * entry.weight;
    }
    const double length = std::sqrt(std::max(squared, 1e-30));
    for (std::size_t e = begin; e < end; ++e) by_item_.entries[e].weight /= static_cast<float>(length);
  }
  by_feature_ = Transposed(by_item_, first.back());
}

}  // namespace shortlist::eval
