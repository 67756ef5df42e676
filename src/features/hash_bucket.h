// Texts to buckets by a stable hash: 0 for missing, the others 1 to buckets - 1.
#pragma once

#include <cstdint>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

class HashBucket : public CategoricalTransform {
 public:
  explicit HashBucket(std::int64_t buckets) : buckets_(buckets) {}

  std::int64_t cardinality() const override { return buckets_; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  std::int64_t buckets_;
};

}  // namespace shortlist::features
