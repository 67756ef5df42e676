#include "serve/item_filter.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace shortlist::serve {
namespace {

void IntersectWith(base::BitSet items, std::optional<base::BitSet>& allowed) {
  if (allowed) items.Intersect(*allowed);
  allowed = std::move(items);
}

}  // namespace

ItemFilter::ItemFilter(const CatalogView& view, const RequestFilter& request, std::vector<std::int32_t> excluded)
    : delta_(&view.delta()), indexed_items_(view.bundle().items().size()) {
  std::ranges::set_union(excluded, delta_->withdrawn(), std::back_inserter(excluded_));
  std::ranges::set_union(excluded, delta_->hidden(), std::back_inserter(excluded_in_index_));
  if (request.condition) Restrict(view, *request.condition);
  if (!request.only_ids.empty()) Restrict(view, request.only_ids);
}

void ItemFilter::Restrict(const CatalogView& view, const filter::Condition& condition) {
  base::BitSet matching = view.snapshot().attributes().Matching(condition);
  delta_->Correct(condition, matching);
  IntersectWith(std::move(matching), in_index_);
  IntersectWith(delta_->MatchingBeside(condition), beside_);
}

void ItemFilter::Restrict(const CatalogView& view, const std::vector<std::string_view>& ids) {
  base::BitSet in_index(indexed_items_);
  base::BitSet beside(static_cast<std::int64_t>(delta_->beside().size()));
  for (const std::string_view id : ids) {
    const std::int32_t item = view.Find(id);
    if (const auto place = delta_->PlaceBeside(item)) {
      beside.Insert(static_cast<std::int64_t>(*place));
    } else if (item >= 0 && item < indexed_items_) {
      in_index.Insert(item);
    }
  }
  IntersectWith(std::move(in_index), in_index_);
  IntersectWith(std::move(beside), beside_);
}

bool ItemFilter::Allows(std::int32_t item) const {
  if (std::ranges::binary_search(excluded_, item)) return false;
  if (const auto place = delta_->PlaceBeside(item))
    return !beside_ || beside_->Contains(static_cast<std::int64_t>(*place));
  return item < indexed_items_ && (!in_index_ || in_index_->Contains(item));
}

}  // namespace shortlist::serve
