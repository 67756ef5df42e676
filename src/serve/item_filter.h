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
  // The condition fits the snapshot's attributes. `excluded` is sorted and unique.
  ItemFilter(const CatalogView& view, const RequestFilter& request, std::vector<std::int32_t> excluded);

  bool Allows(std::int32_t item) const;

  // For a search of the bundle's index: what it may find, null for all, and what it may not. Views of the filter.
  const base::BitSet* allowed_in_bundle() const { return in_bundle_ ? &*in_bundle_ : nullptr; }
  std::span<const std::int32_t> excluded() const { return excluded_; }

 private:
  void Restrict(const CatalogView& view, const filter::Condition& condition);
  void Restrict(const CatalogView& view, const std::vector<std::string_view>& ids);

  std::int64_t bundle_items_;
  std::optional<base::BitSet> in_bundle_;  // none: all but the excluded
  std::optional<base::BitSet> among_new_;  // from 0; none: all but the excluded
  std::vector<std::int32_t> excluded_;     // withdrawn items among them
};

}  // namespace shortlist::serve
