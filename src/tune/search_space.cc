#include "tune/search_space.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>

#include <fmt/format.h>

namespace shortlist::tune {
namespace {

// Of [0, 1), and the same with every standard library, which std::uniform_real_distribution is not.
double Uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

std::string Text(double value) {
  return fmt::format("{:.3g}", value);
}

std::string Between(const RangeSettings& range, double share) {
  if (range.scale == RangeScale::kLinear) return Text(range.least + share * (range.most - range.least));
  return Text(range.least * std::pow(range.most / range.least, share));
}

std::string Pick(const RangeSettings& range, double share) {
  if (range.values.empty()) return Between(range, share);
  const auto place = static_cast<std::size_t>(share * static_cast<double>(range.values.size()));
  return range.values[std::min(place, range.values.size() - 1)];
}

}  // namespace

SearchSpace::SearchSpace(const TuneSettings& settings, std::int64_t seed) : ranges_(settings.ranges), seed_(seed) {}

std::vector<Choice> SearchSpace::Draw(std::int64_t number) const {
  std::seed_seq sequence{seed_, number};
  std::mt19937_64 random(sequence);
  std::vector<Choice> choices;
  choices.reserve(ranges_.size());
  for (const RangeSettings& range : ranges_) choices.push_back({range.setting, Pick(range, Uniform(random))});
  return choices;
}

std::vector<Choice> SearchSpace::Bounds() const {
  std::vector<Choice> choices;
  for (const RangeSettings& range : ranges_) {
    for (const std::string& value : range.values) choices.push_back({range.setting, value});
    if (!range.values.empty()) continue;
    choices.push_back({range.setting, Text(range.least)});
    choices.push_back({range.setting, Text(range.most)});
  }
  return choices;
}

}  // namespace shortlist::tune
