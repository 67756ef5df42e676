#include "model/two_tower_storage.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/safetensors.h"
#include "base/settings_json.h"
#include "model/stored_arrays.h"
#include "model/two_tower_state.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 2;
constexpr const char* kSpecFile = "model.json";
constexpr const char* kItemsFile = "items.safetensors";

json ToJson(const std::vector<FeatureShape>& features) {
  json list = json::array();
  for (const FeatureShape& feature : features) {
    list.push_back({{"name", feature.name}, {"cardinality", feature.cardinality}});
  }
  return list;
}

std::string ToJson(const TwoTowerSpec& spec) {
  const json out = {{"format", "shortlist.two_tower"},
                    {"version", kFormatVersion},
                    {"settings", json::parse(base::SettingsToJson(spec.settings))},
                    {"items", spec.items},
                    {"item_features", ToJson(spec.item_features)},
                    {"item_dense", spec.item_dense},
                    {"context_features", ToJson(spec.context_features)},
                    {"context_dense", spec.context_dense}};
  return out.dump(2) + "\n";
}

std::vector<FeatureShape> FeaturesFromJson(const json& list) {
  std::vector<FeatureShape> features;
  for (const json& feature : list) {
    features.push_back({feature.at("name").get<std::string>(), feature.at("cardinality").get<std::int64_t>()});
  }
  return features;
}

TwoTowerSpec SpecFromJson(const json& in) {
  TwoTowerSpec spec;
  spec.settings = base::SettingsFromJson<ModelSettings>(in.at("settings").dump());
  spec.items = in.at("items").get<std::int64_t>();
  spec.item_features = FeaturesFromJson(in.at("item_features"));
  spec.item_dense = in.at("item_dense").get<std::int64_t>();
  spec.context_features = FeaturesFromJson(in.at("context_features"));
  spec.context_dense = in.at("context_dense").get<std::int64_t>();
  return spec;
}

TwoTowerSpec ReadSpec(const std::filesystem::path& path) {
  const std::string text = base::ReadFile(path);
  try {
    const json in = json::parse(text);
    if (in.at("version").get<int>() != kFormatVersion) {
      throw Error(Code::kFailedPrecondition, "'" + path.string() + "' has format version " + in.at("version").dump() +
                                                 ", this program reads version " + std::to_string(kFormatVersion));
    }
    return SpecFromJson(in);
  } catch (const json::exception& problem) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not the description of a model: " + problem.what());
  }
}

std::string FeatureKey(const FeatureShape& feature) {
  return "feature." + feature.name;
}

void AddBags(const std::string& key, const base::Bags& bags, base::SafetensorsWriter& writer) {
  const auto count = static_cast<std::int64_t>(bags.ids.size());
  writer.Add(key + ".ids", {count}, std::span<const std::int32_t>(bags.ids));
  writer.Add(key + ".weights", {count}, std::span<const float>(bags.weights));
  writer.Add(key + ".offsets", {bags.rows() + 1}, std::span<const std::int64_t>(bags.offsets));
}

void WriteItems(const TwoTowerSpec& spec, const ItemInputs& items, const std::filesystem::path& path) {
  base::SafetensorsWriter writer;
  for (std::size_t f = 0; f < spec.item_features.size(); ++f) {
    AddBags(FeatureKey(spec.item_features[f]), items.features.categorical[f], writer);
  }
  if (spec.item_dense > 0) {
    writer.Add("dense", {spec.items, spec.item_dense}, std::span<const float>(items.features.dense));
  }
  if (!items.log_demand.empty()) {
    writer.Add("log_demand", {spec.items, DemandWidth(spec.settings.prior)}, std::span<const float>(items.log_demand));
  }
  writer.SetMetadata("format", "shortlist.item_inputs");
  writer.Write(path);
}

template <class T>
std::vector<T> Copy(std::span<const T> values) {
  return {values.begin(), values.end()};
}

base::Bags ReadBags(const std::string& key, const base::SafetensorsReader& reader) {
  base::Bags bags;
  bags.ids = Copy(reader.Int32(key + ".ids"));
  bags.weights = Copy(reader.Float32(key + ".weights"));
  bags.offsets = Copy(reader.Int64(key + ".offsets"));
  if (bags.offsets.empty()) bags.offsets = {0};
  return bags;
}

ItemInputs ReadItems(const TwoTowerSpec& spec, const std::filesystem::path& path) {
  const base::SafetensorsReader reader(path);
  ItemInputs items;
  items.features.rows = spec.items;
  items.features.dense_width = spec.item_dense;
  for (const FeatureShape& feature : spec.item_features) {
    items.features.categorical.push_back(ReadBags(FeatureKey(feature), reader));
  }
  if (spec.item_dense > 0) items.features.dense = Copy(reader.Float32("dense"));
  if (spec.settings.prior.kind != PriorKind::kNone) items.log_demand = Copy(reader.Float32("log_demand"));
  return items;
}

}  // namespace

void WriteDescription(const TwoTowerSpec& spec, const ItemInputs& items, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  base::WriteFileAtomically(directory / kSpecFile, ToJson(spec));
  WriteItems(spec, items, directory / kItemsFile);
}

void AppendDescription(const std::filesystem::path& directory, std::vector<std::filesystem::path>& files) {
  files.push_back(directory / kSpecFile);
  files.push_back(directory / kItemsFile);
}

void TwoTower::Save(const std::filesystem::path& directory) const {
  WriteDescription(state_->spec, state_->items, directory);
  ArrayWriter weights(*state_->backend);
  weights.Add("", state_->layout, HoldEverything(state_->layout), state_->parameters);
  weights.Write(directory / kWeightsFile);
}

TwoTower TwoTower::Load(const std::filesystem::path& directory, tensor::Backend& backend) {
  TwoTowerSpec spec = ReadSpec(directory / kSpecFile);
  ItemInputs items = ReadItems(spec, directory / kItemsFile);
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(std::move(spec), std::move(items), backend);
  } catch (const Error& problem) {
    if (problem.code() != Code::kInvalidArgument) throw;
    throw Error(Code::kDataLoss,
                "'" + (directory / kItemsFile).string() + "' does not fit its model: " + problem.what());
  }
  ArrayReader(directory / kWeightsFile, backend)
      .Read("", state->layout, HoldEverything(state->layout), state->parameters);
  state->Publish();
  return TwoTower(std::move(state));
}

}  // namespace shortlist::model
