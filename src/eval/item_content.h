// What the features of items say of their likeness: a unit vector per item over all feature ids, weighted by TF-IDF
// (Salton and Buckley 1988), so that ids that few items share count most.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/query_batch.h"

namespace shortlist::eval {

// Immutable; thread-safe.
class ItemContent {
 public:
  struct Entry {
    std::int32_t id = 0;  // a feature id, or an item
    float weight = 0;
  };

  // Dense features are left out.
  explicit ItemContent(const base::EncodedFeatures& features);

  // Feature ids of an item.
  std::span<const Entry> OfItem(std::int32_t item) const { return by_item_.Row(item); }
  // Items with a feature id.
  std::span<const Entry> WithFeature(std::int32_t id) const { return by_feature_.Row(id); }

 private:
  struct Rows {
    std::vector<std::int64_t> offsets;
    std::vector<Entry> entries;
    std::span<const Entry> Row(std::int32_t row) const;
  };
  static Rows Transposed(const Rows& rows, std::int64_t columns);

  Rows by_item_;
  Rows by_feature_;
};

}  // namespace shortlist::eval
