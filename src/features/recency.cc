#include "features/recency.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace shortlist::features {

void Recency::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const auto time = TimeOf(value);
  if (!time) {
    ids.push_back(0);
    return;
  }
  const double hours = std::max(0.0, static_cast<double>(reference_) - static_cast<double>(*time)) / 3600;
  const auto bucket = 1 + static_cast<std::int64_t>(std::log2(1 + hours));
  ids.push_back(static_cast<std::int32_t>(std::min(bucket, buckets_ - 1)));
}

void Recency::Describe(nlohmann::json& json) const {
  json["buckets"] = buckets_;
  json["reference"] = reference_;
}

void RecencyFitter::Observe(const Value& value) {
  if (const auto time = TimeOf(value)) latest_ = std::max(latest_, *time);
}

Transform RecencyFitter::Finish() {
  return std::make_unique<Recency>(buckets_, latest_);
}

}  // namespace shortlist::features
