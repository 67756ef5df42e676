// Numbers shifted and scaled to mean 0 and deviation 1 over the training data, as they are or after a signed logarithm.
#pragma once

#include "features/transform.h"

namespace shortlist::features {

// kLog: sign(x) log(1 + |x|).
enum class NumberScale { kLinear, kLog };

class Standardize : public DenseTransform {
 public:
  Standardize(NumberScale scale, double mean, double deviation) : scale_(scale), mean_(mean), deviation_(deviation) {}

  // Missing numbers give 0, the mean.
  float Number(const Value& value) const override;
  void Describe(nlohmann::json& json) const override;

 private:
  NumberScale scale_;
  double mean_;
  double deviation_;
};

// Running mean and variance (Welford 1962). A constant column keeps the deviation 1.
class StandardizeFitter : public TransformFitter {
 public:
  explicit StandardizeFitter(NumberScale scale) : scale_(scale) {}

  void Observe(const Value& value) override;
  Transform Finish() override;

 private:
  NumberScale scale_;
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace shortlist::features
