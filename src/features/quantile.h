// Numbers to buckets of about equal counts: 0 for missing, then 1 for the smallest numbers and so on.
#pragma once

#include <cstdint>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

class Quantile : public CategoricalTransform {
 public:
  // cuts rise strictly; a number equal to a cut belongs above it.
  explicit Quantile(std::vector<double> cuts);

  std::int64_t cardinality() const override { return static_cast<std::int64_t>(cuts_.size()) + 2; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  std::vector<double> cuts_;
};

// Cuts at the quantiles of a uniform sample of at most 1e6 numbers: algorithm R (Vitter 1985) with draws that depend
// only on how many numbers went before. Fewer buckets than asked for come out where numbers repeat a lot.
class QuantileFitter : public TransformFitter {
 public:
  explicit QuantileFitter(std::int64_t buckets) : buckets_(buckets) {}

  void Observe(const Value& value) override;
  Transform Finish() override;

 private:
  std::int64_t buckets_;
  std::uint64_t seen_ = 0;
  std::vector<double> sample_;
};

}  // namespace shortlist::features
