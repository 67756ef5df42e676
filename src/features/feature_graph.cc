#include "features/feature_graph.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/settings_kind.h"
#include "features/transform.h"
#include "shortlist/error.h"

namespace shortlist::features {
namespace {

constexpr int kVersion = 1;

struct Feature {
  std::string name;
  std::string column;
  TransformKind kind = TransformKind::kVocabulary;
  Transform transform;
  CombinerKind combiner = CombinerKind::kMean;

  const CategoricalTransform* categorical() const {
    const auto* held = std::get_if<std::unique_ptr<CategoricalTransform>>(&transform);
    return held != nullptr ? held->get() : nullptr;
  }
  const DenseTransform* dense() const {
    const auto* held = std::get_if<std::unique_ptr<DenseTransform>>(&transform);
    return held != nullptr ? held->get() : nullptr;
  }
};

const Value& Cell(const Record& record, const std::string& column) {
  static const Value kMissing;
  const auto found = record.find(column);
  return found == record.end() ? kMissing : found->second;
}

// `what` is the member that holds the name.
template <class Enum>
Enum FromName(const std::string& what, const std::string& name) {
  const auto& names = EnumNames<Enum>::kNames;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error(Code::kDataLoss, "feature graph: unknown " + what + " " + name);
  return static_cast<Enum>(found - names.begin());
}

nlohmann::json FeatureToJson(const Feature& feature) {
  nlohmann::json json = {{"name", feature.name},
                         {"column", feature.column},
                         {"transform", base::NameOf(feature.kind)},
                         {"combiner", base::NameOf(feature.combiner)}};
  std::visit([&](const auto& transform) { transform->Describe(json); }, feature.transform);
  return json;
}

Feature FeatureFromJson(const nlohmann::json& json) {
  const auto kind = FromName<TransformKind>("transform", json.at("transform"));
  const auto combiner =
      FromName<CombinerKind>("combiner", json.value("combiner", std::string(base::NameOf(CombinerKind::kMean))));
  return Feature{json.at("name"), json.at("column"), kind, ReadTransform(kind, json), combiner};
}

std::vector<Feature> FeaturesFromJson(const nlohmann::json& json) {
  if (const int version = json.at("version"); version != kVersion) {
    throw Error(Code::kFailedPrecondition, "feature graph: format version " + std::to_string(version) +
                                               " is not supported; this program reads version " +
                                               std::to_string(kVersion));
  }
  std::vector<Feature> features;
  for (const nlohmann::json& feature : json.at("features")) features.push_back(FeatureFromJson(feature));
  return features;
}

void AppendBag(const std::vector<std::int32_t>& ids, CombinerKind combiner, base::Bags& bags) {
  const float weight = combiner == CombinerKind::kSum ? 1.0F : 1.0F / static_cast<float>(ids.size());
  for (const std::int32_t id : ids) bags.Append(id, weight);
  bags.EndRow();
}

}  // namespace

struct FeatureGraph::State {
  std::vector<Feature> features;
  std::vector<CategoricalFeature> categorical;
  std::vector<std::string> dense;

  explicit State(std::vector<Feature> fitted) : features(std::move(fitted)) {
    for (const Feature& feature : features) {
      if (feature.categorical() != nullptr) {
        categorical.push_back({feature.name, feature.categorical()->cardinality()});
      } else {
        dense.push_back(feature.name);
      }
    }
  }
};

FeatureGraph::FeatureGraph() : state_(std::make_unique<State>(std::vector<Feature>())) {}
FeatureGraph::~FeatureGraph() = default;
FeatureGraph::FeatureGraph(FeatureGraph&&) noexcept = default;
FeatureGraph& FeatureGraph::operator=(FeatureGraph&&) noexcept = default;

const std::vector<CategoricalFeature>& FeatureGraph::categorical() const {
  return state_->categorical;
}

const std::vector<std::string>& FeatureGraph::dense() const {
  return state_->dense;
}

void FeatureGraph::Encode(const Record& record, base::EncodedFeatures& out) const {
  if (out.categorical.size() != state_->categorical.size()) {
    throw Error(Code::kInternal, "feature graph: rows of another layout; start from EmptyRows()");
  }
  std::vector<std::int32_t> ids;
  auto bags = out.categorical.begin();
  for (const Feature& feature : state_->features) {
    const Value& cell = Cell(record, feature.column);
    if (const auto* categorical = feature.categorical()) {
      ids.clear();
      categorical->AppendIds(cell, ids);
      AppendBag(ids, feature.combiner, *bags++);
    } else {
      out.dense.push_back(feature.dense()->Number(cell));
    }
  }
  ++out.rows;
}

base::EncodedFeatures FeatureGraph::EmptyRows() const {
  base::EncodedFeatures rows;
  rows.dense_width = static_cast<std::int64_t>(state_->dense.size());
  rows.categorical.resize(state_->categorical.size());
  return rows;
}

std::vector<std::string> FeatureGraph::Columns() const {
  std::set<std::string> columns;
  for (const Feature& feature : state_->features) columns.insert(feature.column);
  return {columns.begin(), columns.end()};
}

std::string FeatureGraph::ToJson() const {
  nlohmann::json features = nlohmann::json::array();
  for (const Feature& feature : state_->features) features.push_back(FeatureToJson(feature));
  return nlohmann::json{{"version", kVersion}, {"features", std::move(features)}}.dump();
}

FeatureGraph FeatureGraph::FromJson(std::string_view json) {
  try {
    FeatureGraph graph;
    graph.state_ = std::make_unique<State>(FeaturesFromJson(nlohmann::json::parse(json)));
    return graph;
  } catch (const nlohmann::json::exception& error) {
    throw Error(Code::kDataLoss, std::string("feature graph: ") + error.what());
  }
}

std::string FeatureGraph::Digest() const {
  return base::Sha256(ToJson());
}

struct FeatureFitter::State {
  struct Fitting {
    FeatureSettings settings;
    std::unique_ptr<TransformFitter> fitter;
  };
  std::vector<Fitting> features;
};

FeatureFitter::FeatureFitter(const std::vector<FeatureSettings>& settings) : state_(std::make_unique<State>()) {
  std::set<std::string> names;
  for (FeatureSettings feature : settings) {
    if (feature.column.empty()) {
      throw Error(Code::kInvalidArgument, "features: " + (feature.name.empty() ? "a feature" : feature.name) +
                                              " has no column; name the source column it reads");
    }
    if (feature.name.empty()) feature.name = feature.column;
    if (!names.insert(feature.name).second) {
      throw Error(Code::kInvalidArgument, "features: two features are named " + feature.name + "; rename one of them");
    }
    auto fitter = MakeFitter(feature);
    state_->features.push_back({std::move(feature), std::move(fitter)});
  }
}

FeatureFitter::~FeatureFitter() = default;

void FeatureFitter::Observe(const Record& record) {
  for (State::Fitting& feature : state_->features) feature.fitter->Observe(Cell(record, feature.settings.column));
}

FeatureGraph FeatureFitter::Finish() {
  std::vector<Feature> features;
  for (State::Fitting& feature : state_->features) {
    const FeatureSettings& settings = feature.settings;
    features.push_back(
        {settings.name, settings.column, settings.transform, feature.fitter->Finish(), settings.combiner});
  }
  FeatureGraph graph;
  graph.state_ = std::make_unique<FeatureGraph::State>(std::move(features));
  return graph;
}

}  // namespace shortlist::features
