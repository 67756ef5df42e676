// Times to log-spaced buckets of their age in hours at the latest time of the training data: id 0 for missing, then
// 1 + floor(log2(1 + age)), the last bucket taking all that is older. Later times have age 0.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

class Recency : public CategoricalTransform {
 public:
  Recency(std::int64_t buckets, std::int64_t reference) : buckets_(buckets), reference_(reference) {}

  std::int64_t cardinality() const override { return buckets_; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  std::int64_t buckets_;
  std::int64_t reference_;
};

class RecencyFitter : public TransformFitter {
 public:
  explicit RecencyFitter(std::int64_t buckets) : buckets_(buckets) {}

  void Observe(const Value& value) override;
  Transform Finish() override;

 private:
  std::int64_t buckets_;
  std::int64_t latest_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace shortlist::features
