// Reproducible inputs.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/bags.h"

namespace shortlist::conformance {

// `values` behind `places` zeros, for arrays that begin where a device's widest accesses cannot.
inline std::vector<float> Shifted(std::vector<float> values, std::int64_t places) {
  values.insert(values.begin(), static_cast<std::size_t>(places), 0.0F);
  return values;
}
inline std::vector<float> ShiftedBack(std::vector<float> values, std::int64_t places) {
  values.erase(values.begin(), values.begin() + places);
  return values;
}

class Samples {
 public:
  explicit Samples(std::uint32_t seed) : engine_(seed) {}

  float Uniform(float low, float high) { return low + (high - low) * static_cast<float>(engine_() >> 8) * 0x1p-24F; }
  std::int32_t Below(std::int64_t limit) {
    return static_cast<std::int32_t>(engine_() % static_cast<std::uint32_t>(limit));
  }
  std::vector<float> Floats(std::int64_t count, float low, float high) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = Uniform(low, high);
    return values;
  }
  std::vector<std::int32_t> Ids(std::int64_t count, std::int64_t limit) {
    std::vector<std::int32_t> ids(static_cast<std::size_t>(count));
    for (std::int32_t& id : ids) id = Below(limit);
    return ids;
  }
  // One row for each length; ids below `limit`, repeats as they fall.
  base::Bags Bags(const std::vector<std::int64_t>& lengths, std::int64_t limit) {
    base::Bags bags;
    for (const std::int64_t length : lengths) {
      for (std::int64_t i = 0; i < length; ++i) bags.Append(Below(limit), Uniform(-1, 1));
      bags.EndRow();
    }
    return bags;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace shortlist::conformance
