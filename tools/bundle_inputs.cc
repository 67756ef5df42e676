#include "bundle_inputs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "features/feature_graph.h"
#include "train/present.h"
#include "train/query_source.h"

namespace shortlist::tools {
namespace {

std::vector<std::int64_t> AllUsers(const data::Dataset& dataset) {
  std::vector<std::int64_t> users(static_cast<std::size_t>(dataset.users()));
  std::iota(users.begin(), users.end(), std::int64_t{0});
  return users;
}

std::int64_t EventsOf(const data::Interactions& events, std::int64_t user) {
  const auto row = static_cast<std::size_t>(user);
  return events.offsets[row + 1] - events.offsets[row];
}

bool IsHeldOut(const data::Dataset& dataset, std::int64_t user) {
  const bool has_history =
      EventsOf(dataset.part(data::Part::kTrain), user) > 0 || EventsOf(dataset.part(data::Part::kValidation), user) > 0;
  return has_history && EventsOf(dataset.part(data::Part::kTest), user) > 0;
}

// At most `limit` of the values, evenly spaced.
std::vector<std::int64_t> Thin(const std::vector<std::int64_t>& values, std::size_t limit) {
  if (values.size() <= limit) return values;
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < limit; ++i) chosen.push_back(values[i * values.size() / limit]);
  return chosen;
}

std::vector<float> QueryVectors(const data::Dataset& dataset, const train::EventLog& log, const model::TwoTower& towers,
                                std::int64_t limit) {
  std::vector<std::int64_t> users = AllUsers(dataset);
  std::erase_if(users, [&](std::int64_t user) { return !IsHeldOut(dataset, user); });
  if (!users.empty()) {
    return train::EncodeShoppers(towers, dataset, data::Part::kTest, Thin(users, static_cast<std::size_t>(limit)));
  }
  return train::EncodePresentShoppers(towers, dataset, log, Thin(AllUsers(dataset), static_cast<std::size_t>(limit)));
}

std::vector<std::int32_t> ByPopularity(const train::EventLog& log, std::int64_t item_count) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(item_count));
  for (const std::int32_t item : log.items) ++counts[static_cast<std::size_t>(item)];
  std::vector<std::int32_t> items(counts.size());
  std::iota(items.begin(), items.end(), std::int32_t{0});
  std::stable_sort(items.begin(), items.end(), [&](std::int32_t a, std::int32_t b) {
    return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
  });
  return items;
}

void AddItems(const data::Dataset& dataset, const model::TwoTower& towers, index::BundleInputs& inputs) {
  inputs.vector_width = towers.vector_width();
  inputs.item_vectors.resize(static_cast<std::size_t>(dataset.items() * towers.vector_width()));
  towers.EncodeItems(0, dataset.items(), inputs.item_vectors);
  for (std::int64_t item = 0; item < dataset.items(); ++item) {
    inputs.item_ids.emplace_back(dataset.ItemId(item));
    inputs.titles.emplace_back(dataset.Title(item));
    inputs.attributes_json.push_back(dataset.AttributesJson(item));
  }
}

void AddUsers(const data::Dataset& dataset, const train::EventLog& log, const model::TwoTower& towers,
              index::BundleInputs& inputs) {
  inputs.user_vectors = train::EncodePresentShoppers(towers, dataset, log, AllUsers(dataset));
  for (std::int64_t user = 0; user < dataset.users(); ++user) inputs.user_ids.emplace_back(dataset.UserId(user));
  inputs.history_offsets = log.offsets;
  inputs.history_items = log.items;
  inputs.history_times = log.times;
  inputs.history_has_times = dataset.has_times();
}

}  // namespace

index::BundleInputs CollectBundleInputs(const Settings& settings, const data::Dataset& dataset,
                                        const train::EventLog& log, const model::TwoTower& towers,
                                        const std::filesystem::path& model_directory, std::string checkpoint_digest) {
  index::BundleInputs inputs;
  inputs.settings = settings;
  inputs.model_directory = model_directory;
  inputs.item_graph_json = dataset.item_graph().ToJson();
  const bool reads_context = !IsClosedForm(towers.spec().settings.kind);
  inputs.context_graph_json = reads_context ? dataset.context_graph().ToJson() : features::FeatureGraph().ToJson();
  AddItems(dataset, towers, inputs);
  inputs.popular_items = ByPopularity(log, dataset.items());
  AddUsers(dataset, log, towers, inputs);
  const std::int64_t queries = std::max(settings.index.recall_queries, settings.index.sample_queries);
  inputs.query_vectors = QueryVectors(dataset, log, towers, queries);
  inputs.dataset_digest = dataset.digest();
  inputs.checkpoint_digest = std::move(checkpoint_digest);
  return inputs;
}

}  // namespace shortlist::tools
