#include "filter/made_conditions.h"

#include <algorithm>
#include <string>

namespace shortlist::filter {
namespace {

constexpr int kDeepest = 4;

std::int64_t Below(std::int64_t bound, std::mt19937_64& random) {
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
}

bool Chance(double share, std::mt19937_64& random) {
  return std::generate_canonical<double, 53>(random) < share;
}

// Brand b is half as frequent as brand b - 1.
std::string MadeBrand(std::mt19937_64& random) {
  int brand = 0;
  while (brand < 12 && Chance(0.5, random)) ++brand;
  return "brand " + std::to_string(brand);
}

std::string MadeTag(std::mt19937_64& random) {
  return "tag " + std::to_string(Below(5, random));
}

double MadePrice(std::mt19937_64& random) {
  return static_cast<double>(Below(1000, random)) / 10;
}

std::vector<std::string> TextsOf(const features::Record& record, const std::string& name) {
  const auto found = record.find(name);
  return found == record.end() ? std::vector<std::string>() : features::TextsOf(found->second);
}

std::vector<double> NumbersOf(const features::Record& record, const std::string& name) {
  const auto found = record.find(name);
  const auto number = found == record.end() ? std::nullopt : features::NumberOf(found->second);
  return number ? std::vector<double>{*number} : std::vector<double>();
}

NumberRange MadeRange(std::mt19937_64& random) {
  NumberRange range{.attribute = Chance(0.7, random) ? "price" : "stock"};
  if (Chance(0.6, random)) range.least = MadePrice(random);
  if (Chance(0.6, random)) range.most = MadePrice(random);
  if (Chance(0.5, random)) range.least_bound = Bound::kExcluded;
  if (Chance(0.5, random)) range.most_bound = Bound::kExcluded;
  return range;
}

Group MadeGroup(std::mt19937_64& random, int depth) {
  Group group{static_cast<Joint>(Below(3, random)), {}};
  for (std::int64_t part = Below(4, random); part > 0; --part) {
    group.conditions.push_back(MadeCondition(random, depth + 1));
  }
  return group;
}

bool Holds(const NumberRange& range, double number) {
  const bool above = range.least_bound == Bound::kIncluded ? number >= range.least : number > range.least;
  const bool below = range.most_bound == Bound::kIncluded ? number <= range.most : number < range.most;
  return above && below;
}

bool Holds(const Group& group, const features::Record& record) {
  const auto holds = [&](const Condition& part) { return Holds(part, record); };
  if (group.joint == Joint::kAllOf) return std::ranges::all_of(group.conditions, holds);
  const bool any = std::ranges::any_of(group.conditions, holds);
  return group.joint == Joint::kAnyOf ? any : !any;
}

bool Holds(const TextIn& texts, const features::Record& record) {
  return std::ranges::any_of(TextsOf(record, texts.attribute), [&](const std::string& text) {
    return std::ranges::find(texts.values, text) != texts.values.end();
  });
}

bool Holds(const NumberIn& numbers, const features::Record& record) {
  return std::ranges::any_of(NumbersOf(record, numbers.attribute), [&](double number) {
    return std::ranges::find(numbers.values, number) != numbers.values.end();
  });
}

bool Holds(const NumberRange& range, const features::Record& record) {
  return std::ranges::any_of(NumbersOf(record, range.attribute), [&](double number) { return Holds(range, number); });
}

bool Holds(const Exists& exists, const features::Record& record) {
  return record.contains(exists.attribute);
}

}  // namespace

std::vector<features::Record> MadeRecords(std::int64_t count, std::mt19937_64& random) {
  std::vector<features::Record> records(static_cast<std::size_t>(count));
  for (features::Record& record : records) {
    if (Chance(0.9, random)) record["price"] = MadePrice(random);
    if (Chance(0.9, random)) record["brand"] = MadeBrand(random);
    if (Chance(0.5, random)) record["stock"] = std::to_string(Below(100, random));
    if (Chance(0.5, random)) record["tags"] = std::vector<std::string>{MadeTag(random), MadeTag(random)};
  }
  return records;
}

FilterSettings MadeFilterSettings() {
  return {.attributes = {}, .numbers = {"stock"}};
}

Condition MadeCondition(std::mt19937_64& random, int depth) {
  switch (Below(depth < kDeepest ? 7 : 4, random)) {
    case 0:
      return {MadeRange(random), "made"};
    case 1:
      return {TextIn{"brand", {MadeBrand(random), MadeBrand(random)}}, "made"};
    case 2:
      return {TextIn{"tags", {MadeTag(random)}}, "made"};
    case 3:
      return Chance(0.5, random) ? Condition{NumberIn{"price", {MadePrice(random), MadePrice(random)}}, "made"}
                                 : Condition{Exists{"stock"}, "made"};
    default:
      return {MadeGroup(random, depth), "made"};
  }
}

bool Holds(const Condition& condition, const features::Record& record) {
  return std::visit([&](const auto& kind) { return Holds(kind, record); }, condition.kind);
}

}  // namespace shortlist::filter
