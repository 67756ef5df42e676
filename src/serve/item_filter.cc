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
    : bundle_items_(view.bundle().item_count()) {
  std::ranges::set_union(excluded, view.delta().withdrawn(), std::back_inserter(excluded_));
  if (request.condition) Restrict(view, *request.condition);
  if (!request.only_ids.empty()) Restrict(view, request.only_ids);
}

void ItemFilter::Restrict(const CatalogView& view, const filter::Condition& condition) {
  base::BitSet matching = view.snapshot().attributes().Matching(condition);
  view.delta().Correct(condition, matching);
  IntersectWith(std::move(matching), in_bundle_);
  IntersectWith(view.delta().MatchingNew(condition), among_new_);
}

void ItemFilter::Restrict(const CatalogView& view, const std::vector<std::string_view>& ids) {
  base::BitSet in_bundle(bundle_items_);
  base::BitSet among_new(view.delta().new_items());
  for (const std::string_view id : ids) {
    const std::int32_t item = view.Find(id);
    if (item >= bundle_items_) among_new.Insert(item - bundle_items_);
    if (item >= 0 && item < bundle_items_) in_bundle.Insert(item);
  }
  IntersectWith(std::move(in_bundle), in_bundle_);
  IntersectWith(std::move(among_new), among_new_);
}

bool ItemFilter::Allows(std::int32_t item) const {
  if (std::ranges::binary_search(excluded_, item)) return false;
  if (item < bundle_items_) return !in_bundle_ || in_bundle_->Contains(item);
  return !among_new_ || among_new_->Contains(item - bundle_items_);
}

}  // namespace shortlist::serve
