// Short ways to fit one transform and to ask it for ids.
#pragma once

#include <cstdint>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

inline FeatureSettings SettingsOf(TransformKind transform, std::int64_t buckets = 1024) {
  FeatureSettings settings;
  settings.transform = transform;
  settings.buckets = buckets;
  return settings;
}

inline Transform Fit(const FeatureSettings& settings, const std::vector<Value>& values) {
  const auto fitter = MakeFitter(settings);
  for (const Value& value : values) fitter->Observe(value);
  return fitter->Finish();
}

inline std::vector<std::int32_t> Ids(const Transform& transform, const Value& value) {
  std::vector<std::int32_t> ids;
  std::get<std::unique_ptr<CategoricalTransform>>(transform)->AppendIds(value, ids);
  return ids;
}

inline std::int64_t Cardinality(const Transform& transform) {
  return std::get<std::unique_ptr<CategoricalTransform>>(transform)->cardinality();
}

inline float Number(const Transform& transform, const Value& value) {
  return std::get<std::unique_ptr<DenseTransform>>(transform)->Number(value);
}

}  // namespace shortlist::features
