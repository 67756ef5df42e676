#include "eval/item_categories.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace shortlist::eval {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLeastGroups = 2;
constexpr std::size_t kMostGroups = 1000;
constexpr std::size_t kPriceBands = 5;

// A text, or the first of a list of texts; empty for anything else.
std::string FirstText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && !value.empty() && value.front().is_string()) return value.front().get<std::string>();
  return {};
}

std::vector<std::string> TextAttributes(const std::vector<Json>& items) {
  std::vector<std::string> names;
  for (const Json& item : items) {
    for (const auto& [name, value] : item.items()) {
      if (FirstText(value).empty() || std::find(names.begin(), names.end(), name) != names.end()) continue;
      names.push_back(name);
    }
  }
  return names;
}

ItemCategories GroupBy(const std::string& attribute, const std::vector<Json>& items) {
  ItemCategories categories;
  categories.attribute = attribute;
  std::map<std::string, std::int32_t> known;
  for (const Json& item : items) {
    const auto found = item.find(attribute);
    const std::string text = found == item.end() ? std::string() : FirstText(*found);
    categories.of_item.push_back(-1);
    if (text.empty()) continue;
    const auto [place, is_new] = known.try_emplace(text, static_cast<std::int32_t>(known.size()));
    if (is_new) categories.names.push_back(text);
    categories.of_item.back() = place->second;
  }
  return categories;
}

std::optional<double> PriceOf(const Json& item) {
  const auto found = item.find("price");
  if (found == item.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

// The least price of each band but the first.
std::vector<double> PriceCuts(const std::vector<Json>& items) {
  std::vector<double> prices;
  for (const Json& item : items) {
    if (const auto price = PriceOf(item)) prices.push_back(*price);
  }
  std::sort(prices.begin(), prices.end());
  std::vector<double> cuts;
  for (std::size_t band = 1; band < kPriceBands && !prices.empty(); ++band) {
    cuts.push_back(prices[prices.size() * band / kPriceBands]);
  }
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

ItemCategories PriceBands(const std::vector<Json>& items) {
  const std::vector<double> cuts = PriceCuts(items);
  if (cuts.empty()) return {};
  ItemCategories categories;
  categories.attribute = "price band";
  categories.names.push_back(fmt::format("below {:.2f}", cuts.front()));
  for (std::size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
    categories.names.push_back(fmt::format("{:.2f} to {:.2f}", cuts[cut], cuts[cut + 1]));
  }
  categories.names.push_back(fmt::format("{:.2f} and more", cuts.back()));
  for (const Json& item : items) {
    const auto price = PriceOf(item);
    const auto band = price ? std::upper_bound(cuts.begin(), cuts.end(), *price) - cuts.begin() : -1;
    categories.of_item.push_back(static_cast<std::int32_t>(band));
  }
  return categories;
}

}  // namespace

ItemCategories ReadCategories(const data::Dataset& dataset) {
  std::vector<std::string> attributes;
  for (std::int64_t item = 0; item < dataset.items(); ++item) attributes.push_back(dataset.AttributesJson(item));
  return ReadCategories(attributes);
}

ItemCategories ReadCategories(const std::vector<std::string>& attributes) {
  std::vector<Json> items;
  for (const std::string& text : attributes) items.push_back(Json::parse(text));
  for (const std::string& attribute : TextAttributes(items)) {
    ItemCategories categories = GroupBy(attribute, items);
    if (categories.names.size() >= kLeastGroups && categories.names.size() <= kMostGroups) return categories;
  }
  return PriceBands(items);
}

}  // namespace shortlist::eval
