#include "features/standardize.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace shortlist::features {
namespace {

double Scaled(double number, NumberScale scale) {
  return scale == NumberScale::kLinear ? number : std::copysign(std::log1p(std::abs(number)), number);
}

}  // namespace

float Standardize::Number(const Value& value) const {
  const auto number = NumberOf(value);
  return number ? static_cast<float>((Scaled(*number, scale_) - mean_) / deviation_) : 0.0F;
}

void Standardize::Describe(nlohmann::json& json) const {
  json["mean"] = mean_;
  json["deviation"] = deviation_;
}

void StandardizeFitter::Observe(const Value& value) {
  const auto number = NumberOf(value);
  if (!number) return;
  const double scaled = Scaled(*number, scale_);
  count_ += 1;
  const double difference = scaled - mean_;
  mean_ += difference / count_;
  squares_ += difference * (scaled - mean_);
}

Transform StandardizeFitter::Finish() {
  const double deviation = count_ > 0 ? std::sqrt(squares_ / count_) : 0;
  return std::make_unique<Standardize>(scale_, mean_, deviation > 0 ? deviation : 1);
}

}  // namespace shortlist::features
