// Which items a request lets in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bit_set.h"
#include "index/query.h"
#include "serve/catalog_view.h"
#include "serve/request.h"

namespace shortlist::serve {

// Immutable.
class ItemFilter {
 public:
  // The condition fits the snapshot's attributes. `excluded` is sorted and unique. The view's delta must outlive the
  // filter.
  ItemFilter(const CatalogView& view, const RequestFilter& request, std::vector<std::int32_t> excluded);

  bool Allows(std::int32_t item) const;

  // For a search of the bundle's index: what it may find, null for all, and what it may not. Views of the filter.
  const base::BitSet* allowed_in_index() const { return in_index_ ? &*in_index_ : nullptr; }
  std::span<const std::int32_t> excluded_in_index() const { return excluded_in_index_; }

 private:
  void Restrict(const CatalogView& view, const filter::Condition& condition);
  void Restrict(const CatalogView& view, const std::vector<std::string_view>& ids);

  const CatalogDelta* delta_;
  std::int64_t indexed_items_;
  std::optional<base::BitSet> in_index_;         // none: all but the excluded
  std::optional<base::BitSet> beside_;           // by place in the delta; none: all but the excluded
  std::vector<std::int32_t> excluded_;           // withdrawn items among them
  std::vector<std::int32_t> excluded_in_index_;  // also those that are searched beside it
};

}  // namespace shortlist::serve
