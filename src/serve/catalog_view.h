// The items of a bundle with the changes of the catalog.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "serve/catalog_delta.h"
#include "serve/snapshot.h"

namespace shortlist::serve {

// Items have the numbers of the delta. Both must outlive the view, and what is viewed through it.
class CatalogView {
 public:
  CatalogView(const ServingSnapshot& snapshot, const CatalogDelta& delta) : snapshot_(&snapshot), delta_(&delta) {}

  const ServingSnapshot& snapshot() const { return *snapshot_; }
  const index::Bundle& bundle() const { return snapshot_->bundle(); }
  const CatalogDelta& delta() const { return *delta_; }

  bool IsNew(std::int32_t item) const { return item >= bundle().item_count(); }
  // Whether the model was trained with it, so that histories with it mean something.
  bool IsLearned(std::int32_t item) const { return !IsNew(item) && bundle().IsLearned(item); }
  bool IsWithdrawn(std::int32_t item) const {
    if (std::ranges::binary_search(delta_->withdrawn(), item)) return true;
    return item >= bundle().items().size() && !delta_->PlaceBeside(item);
  }

  std::string_view Id(std::int32_t item) const {
    return IsNew(item) ? std::string_view(delta_->Find(item)->id) : bundle().ItemId(item);
  }
  std::string_view Title(std::int32_t item) const {
    const CatalogItem* const changed = delta_->Find(item);
    return changed != nullptr ? std::string_view(changed->title) : bundle().Title(item);
  }
  // Empty for an item that is withdrawn and not in the index.
  std::vector<float> Vector(std::int32_t item) const {
    if (const auto place = delta_->PlaceBeside(item)) {
      const auto vector = delta_->VectorBeside(*place);
      return {vector.begin(), vector.end()};
    }
    return item < bundle().items().size() ? bundle().items().Vector(item) : std::vector<float>();
  }
  // -1 if unknown; withdrawn items are known, because histories have them.
  std::int32_t Find(std::string_view id) const {
    const std::int32_t item = bundle().FindItem(id);
    return item >= 0 ? item : delta_->FindNew(id);
  }

 private:
  const ServingSnapshot* snapshot_;
  const CatalogDelta* delta_;
};

}  // namespace shortlist::serve
