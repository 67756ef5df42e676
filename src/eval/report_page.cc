#include "eval/report_page.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "eval/calibration.h"
#include "eval/example_shoppers.h"
#include "eval/item_categories.h"
#include "eval/page_assets.h"

namespace shortlist::eval {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kExamples = 6;
constexpr std::size_t kExampleItems = 10;
constexpr std::size_t kShownCategories = 12;

std::string TitleOf(const data::Dataset& dataset, std::int32_t item) {
  const std::string_view title = dataset.Title(item);
  return std::string(title.empty() ? dataset.ItemId(item) : title);
}

Json ItemList(const data::Dataset& dataset, const std::vector<std::int32_t>& items,
              const std::vector<std::int32_t>& bought) {
  Json list = Json::array();
  for (std::size_t place = 0; place < std::min(items.size(), kExampleItems); ++place) {
    const bool is_bought = std::binary_search(bought.begin(), bought.end(), items[place]);
    list.push_back({{"title", TitleOf(dataset, items[place])}, {"bought", is_bought}});
  }
  return list;
}

Json ExampleShoppers(const data::Dataset& dataset, const PageInputs& inputs, std::int64_t seed) {
  Json shoppers = Json::array();
  if (inputs.rankings.empty()) return shoppers;
  const NamedRankings& lead = inputs.rankings.front();
  for (const std::size_t place : ChooseExamples(inputs.set, lead.rankings, kExamples, seed)) {
    const std::vector<std::int32_t>& history = inputs.set.queries[place].history;
    const std::vector<std::int32_t>& targets = inputs.set.targets[place];
    shoppers.push_back({{"recommender", lead.recommender},
                        {"history_length", history.size()},
                        {"history", ItemList(dataset, {history.rbegin(), history.rend()}, {})},
                        {"shortlist", ItemList(dataset, lead.rankings[place], targets)},
                        {"finds", CountFinds(lead.rankings[place], targets)},
                        {"targets", targets.size()}});
  }
  return shoppers;
}

// The categories bought most.
std::vector<std::size_t> LargestCategories(const std::vector<double>& bought) {
  std::vector<std::size_t> order(bought.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return bought[a] > bought[b]; });
  order.resize(std::min(order.size(), kShownCategories));
  return order;
}

template <class T>
Json Chosen(const std::vector<T>& values, const std::vector<std::size_t>& places) {
  Json chosen = Json::array();
  for (const std::size_t place : places) chosen.push_back(values[place]);
  return chosen;
}

Json CategoryMix(const data::Dataset& dataset, const PageInputs& inputs) {
  const ItemCategories categories = ReadCategories(dataset);
  if (categories.names.empty()) return nullptr;
  const std::vector<double> bought = BoughtShares(categories, inputs.set);
  const std::vector<std::size_t> largest = LargestCategories(bought);
  Json recommenders = Json::array();
  for (const auto& [recommender, rankings] : inputs.rankings) {
    recommenders.push_back({{"recommender", recommender},
                            {"shown", Chosen(ShownShares(categories, rankings), largest)},
                            {"divergence", Miscalibration(categories, inputs.set, rankings)}});
  }
  return {{"attribute", categories.attribute},
          {"names", Chosen(categories.names, largest)},
          {"bought", Chosen(bought, largest)},
          {"recommenders", std::move(recommenders)}};
}

// Null where the text is not JSON.
Json ParseLeniently(const std::string& text) {
  Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_discarded() ? Json(nullptr) : parsed;
}

// Nothing inside a script element may look like its end.
std::string ForScript(const Json& json) {
  std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t at = text.find("</"); at != std::string::npos; at = text.find("</", at)) text.replace(at, 2, "<\\/");
  return text;
}

std::string Fill(std::string_view page, const std::vector<std::pair<std::string_view, std::string_view>>& parts) {
  std::string filled;
  for (const auto& [mark, text] : parts) {
    const std::size_t at = page.find(mark);
    filled.append(page.substr(0, at)).append(text);
    page.remove_prefix(at + mark.size());
  }
  return filled.append(page);
}

}  // namespace

std::string ToHtml(const std::vector<EvaluationRow>& rows, const ReportContext& context, const data::Dataset& dataset,
                   const PageInputs& inputs) {
  const Json numbers = {{"name", inputs.name},
                        {"items", dataset.items()},
                        {"validation_metric", inputs.validation_metric},
                        {"evaluation", Json::parse(ToJson(rows, context))},
                        {"training", ParseLeniently(inputs.training_json)},
                        {"categories", CategoryMix(dataset, inputs)},
                        {"shoppers", ExampleShoppers(dataset, inputs, context.seed)}};
  return Fill(PageTemplate(), {{"@STYLE@", PageStyle()},
                               {"@NUMBERS@", ForScript(numbers)},
                               {"@CHARTS@", ChartLibrary()},
                               {"@SCRIPT@", PageScript()}});
}

}  // namespace shortlist::eval
