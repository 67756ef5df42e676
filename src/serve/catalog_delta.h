// What changes of the catalog mean for one bundle: items that it does not have, items whose title and attributes are
// others than in it, and items that are withdrawn.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bit_set.h"
#include "filter/attribute_table.h"
#include "serve/catalog_change.h"

namespace shortlist::serve {

class ServingSnapshot;

// Immutable; thread-safe. Items are numbered as in the bundle; those that it does not have follow, from its item count
// on. An item of the bundle keeps the vector that the model learned for it; a new one has what the item tower writes
// for its features.
class CatalogDelta {
 public:
  // Of a bundle without changes.
  CatalogDelta() = default;
  // `before` is the one that `changes` were added to, or null; vectors of what is in both are taken from it.
  CatalogDelta(const ServingSnapshot& snapshot, const CatalogChanges& changes, const CatalogDelta* before);

  bool empty() const { return items_.empty() && withdrawn_.empty(); }
  std::int64_t new_items() const { return static_cast<std::int64_t>(new_rows_.size()); }
  std::int64_t changed_items() const { return static_cast<std::int64_t>(items_.size()) - new_items(); }
  // Items of the bundle, sorted.
  const std::vector<std::int32_t>& withdrawn() const { return withdrawn_; }

  // -1 if the item is not new or changed.
  std::int32_t FindNew(std::string_view id) const;
  // Null unless the item is new or changed.
  const CatalogItem* Find(std::int32_t item) const;
  std::span<const float> NewVector(std::int32_t item) const;

  // Corrects what the bundle's own attributes say of its items.
  void Correct(const filter::Condition& condition, base::BitSet& matching) const;
  // Of the new items, in their order, those that match.
  base::BitSet MatchingNew(const filter::Condition& condition) const;

 private:
  struct Entry {
    std::int32_t number;
    std::shared_ptr<const CatalogItem> item;
  };

  void AddItem(const ServingSnapshot& snapshot, const CatalogChange& change);
  void ReadTable(const ServingSnapshot& snapshot);
  void Encode(const ServingSnapshot& snapshot, const CatalogDelta* before);

  std::int32_t bundle_items_ = 0;
  std::vector<Entry> items_;           // changed and new, by row of the table
  std::vector<std::size_t> new_rows_;  // rows of the new ones, in order of their numbers
  std::unordered_map<std::int32_t, std::size_t> row_of_;
  std::unordered_map<std::string_view, std::int32_t> new_by_id_;
  std::vector<std::int32_t> withdrawn_;
  std::optional<filter::AttributeTable> table_;
  std::size_t width_ = 0;
  std::vector<float> vectors_;  // of the new ones, row-major
};

}  // namespace shortlist::serve
