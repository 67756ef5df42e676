// Times to where they lie in the day and in the week, in UTC. Missing times have id 0.
#pragma once

#include <cstdint>
#include <vector>

#include "features/transform.h"

namespace shortlist::features {

// Ids 1 to 24.
class HourOfDay : public CategoricalTransform {
 public:
  std::int64_t cardinality() const override { return 25; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& /*json*/) const override {}
};

// Ids 1, Monday, to 7, Sunday.
class DayOfWeek : public CategoricalTransform {
 public:
  std::int64_t cardinality() const override { return 8; }
  void AppendIds(const Value& value, std::vector<std::int32_t>& ids) const override;
  void Describe(nlohmann::json& /*json*/) const override {}
};

}  // namespace shortlist::features
