#include "features/quantile.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "features/stable_hash.h"

namespace shortlist::features {
namespace {

constexpr std::size_t kMostSampled = 1'000'000;

}  // namespace

Quantile::Quantile(std::vector<double> cuts) : cuts_(std::move(cuts)) {}

void Quantile::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const auto number = NumberOf(value);
  if (!number) {
    ids.push_back(0);
    return;
  }
  const auto bucket = std::upper_bound(cuts_.begin(), cuts_.end(), *number) - cuts_.begin();
  ids.push_back(static_cast<std::int32_t>(bucket) + 1);
}

void Quantile::Describe(nlohmann::json& json) const {
  json["cuts"] = cuts_;
}

void QuantileFitter::Observe(const Value& value) {
  const auto number = NumberOf(value);
  if (!number) return;
  ++seen_;
  if (sample_.size() < kMostSampled) {
    sample_.push_back(*number);
    return;
  }
  const std::uint64_t place = Mix64(seen_) % seen_;
  if (place < kMostSampled) sample_[place] = *number;
}

Transform QuantileFitter::Finish() {
  std::sort(sample_.begin(), sample_.end());
  std::vector<double> cuts;
  const std::int64_t parts = buckets_ - 1;
  for (std::int64_t part = 1; part < parts && !sample_.empty(); ++part) {
    const double cut = sample_[sample_.size() * static_cast<std::size_t>(part) / static_cast<std::size_t>(parts)];
    if (cut > (cuts.empty() ? sample_.front() : cuts.back())) cuts.push_back(cut);
  }
  return std::make_unique<Quantile>(std::move(cuts));
}

}  // namespace shortlist::features
