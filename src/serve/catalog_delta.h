// What changes of the catalog mean for one bundle: items that its index does not have, items whose title and attributes
// are others than in it, and items that are withdrawn.
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
// on. An item that the model was trained with keeps the vector that was learned for it; any other has what the item
// tower writes for its features, as of its last change.
//
// Some items are searched beside the index, one by one: those that the bundle does not have, those that came back after
// they had been withdrawn from its index, and those that the index has for features which have changed.
class CatalogDelta {
 public:
  // Of a bundle without changes.
  CatalogDelta() = default;
  // `before` is the one that `changes` were added to, or null; vectors of what is in both are taken from it.
  CatalogDelta(const ServingSnapshot& snapshot, const CatalogChanges& changes, const CatalogDelta* before);

  bool empty() const { return items_.empty() && withdrawn_.empty(); }
  // Items that the bundle does not have; others that are changed.
  std::int64_t new_items() const { return static_cast<std::int64_t>(new_by_id_.size()); }
  std::int64_t changed_items() const { return static_cast<std::int64_t>(items_.size()) - new_items(); }
  // Items of the index, sorted: those that are withdrawn; and those that it must not give, because they are withdrawn
  // or searched beside it.
  const std::vector<std::int32_t>& withdrawn() const { return withdrawn_; }
  const std::vector<std::int32_t>& hidden() const { return hidden_; }

  // -1 if the bundle has the item, or it is unknown.
  std::int32_t FindNew(std::string_view id) const;
  // Null unless the item is new or changed.
  const CatalogItem* Find(std::int32_t item) const;

  // Items that are searched beside the index, sorted, and their vectors by place.
  const std::vector<std::int32_t>& beside() const { return beside_; }
  std::span<const float> VectorBeside(std::size_t place) const;
  std::optional<std::size_t> PlaceBeside(std::int32_t item) const;

  // Corrects what the bundle's own attributes say of the items of its index.
  void Correct(const filter::Condition& condition, base::BitSet& matching) const;
  // Of the items beside the index, by place, those that match.
  base::BitSet MatchingBeside(const filter::Condition& condition) const;

 private:
  struct Entry {
    std::int32_t number;
    std::shared_ptr<const CatalogItem> item;
  };

  void AddItem(const ServingSnapshot& snapshot, const CatalogChange& change);
  void Withdraw(std::int32_t item);
  void ReadTable(const ServingSnapshot& snapshot);
  void Encode(const ServingSnapshot& snapshot, const CatalogDelta* before);
  // The vector of an item that is the same in the other delta; empty if there is none.
  std::span<const float> KnownVector(const CatalogDelta* before, const Entry& entry) const;

  std::int32_t indexed_items_ = 0;
  std::int32_t bundle_items_ = 0;
  std::vector<Entry> items_;  // changed and new, by row of the table
  std::unordered_map<std::int32_t, std::size_t> row_of_;
  std::unordered_map<std::string_view, std::int32_t> new_by_id_;
  std::vector<std::int32_t> withdrawn_;
  std::vector<std::int32_t> hidden_;
  std::vector<std::int32_t> beside_;
  std::optional<filter::AttributeTable> table_;
  std::size_t width_ = 0;
  std::vector<float> vectors_;  // of the items beside the index, row-major
};

}  // namespace shortlist::serve
