#include "data/dataset.h"

#include <algorithm>
#include <array>
#include <utility>

#include <arrow/array/array_nested.h>

#include "base/file.h"
#include "base/manifest.h"
#include "base/sealed_json.h"
#include "data/arrow_table.h"
#include "data/dataset_description.h"
#include "data/item_features_table.h"
#include "data/vocabulary_table.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kPartFiles = {"train.arrow", "validation.arrow", "test.arrow"};
constexpr std::size_t kTitle = 0;
constexpr std::size_t kAttributes = 1;

[[noreturn]] void ThrowDamaged(const fs::path& path, const std::string& what) {
  throw Error(Code::kDataLoss, "'" + path.string() + "' " + what + "; prepare the dataset again");
}

void CheckIds(std::span<const std::int32_t> ids, std::int64_t end, const fs::path& path, const std::string& column) {
  const bool inside = std::ranges::all_of(ids, [&](std::int32_t id) { return id >= 0 && id < end; });
  if (!inside) ThrowDamaged(path, "has values beyond the range of '" + column + "'");
}

// A part and the memory that it views.
struct MappedPart {
  Interactions view;
  std::shared_ptr<arrow::RecordBatch> table;
};

class PartReader {
 public:
  PartReader(const fs::path& path, const DatasetDescription& description)
      : path_(path), description_(description), table_(MapArrowTable(path)) {
    const ListView events = ListValues(*ArrowColumnOf(*table_, "events", path), path);
    view_.offsets = events.offsets;
    structs_ = events.values;
  }

  MappedPart Read(const features::FeatureGraph& context) {
    if (view_.users() != description_.counts.users) ThrowDamaged(path_, "has another number of users than the dataset");
    view_.items = Ids("item", description_.counts.items);
    view_.times = Int64Values(*Field("time"), path_);
    view_.weights = FloatValues(*Field("weight"), path_);
    if (!description_.event_types.empty()) {
      view_.event_types = Ids("event_type", static_cast<std::int64_t>(description_.event_types.size()));
    }
    if (description_.has_quantities) view_.quantities = FloatValues(*Field("quantity"), path_);
    if (description_.has_prices) view_.prices = FloatValues(*Field("price"), path_);
    if (description_.has_answers) view_.from_answer = Ids("from_answer", 2);
    for (const features::CategoricalFeature& feature : context.categorical()) {
      view_.context.push_back(Ids("context." + feature.name, feature.cardinality));
    }
    const auto width = static_cast<std::int64_t>(context.dense().size());
    if (width > 0) view_.context_dense = MatrixValues(*Field("context_dense"), width, path_);
    return {std::move(view_), table_};
  }

 private:
  std::shared_ptr<arrow::Array> Field(const std::string& name) const { return ArrowFieldOf(*structs_, name, path_); }

  std::span<const std::int32_t> Ids(const std::string& name, std::int64_t end) const {
    const auto ids = Int32Values(*Field(name), path_);
    CheckIds(ids, end, path_, name);
    return ids;
  }

  const fs::path& path_;
  const DatasetDescription& description_;
  std::shared_ptr<arrow::RecordBatch> table_;
  std::shared_ptr<arrow::Array> structs_;
  Interactions view_;
};

std::string ReadDescription(const fs::path& directory) {
  const fs::path path = directory / kDescriptionFile;
  if (fs::exists(path)) return base::ReadSealedJson(path);
  if (fs::exists(directory)) ThrowDamaged(path, "is missing");
  throw Error(Code::kNotFound, "there is no dataset '" + directory.string() + "'; run `shortlist prepare` first");
}

}  // namespace

struct Dataset::State {
  std::string json;
  DatasetDescription description;
  VocabularyTable users;
  VocabularyTable items;
  features::FeatureGraph item_graph;
  features::FeatureGraph context_graph;
  base::EncodedFeatures item_features;
  std::array<MappedPart, 3> parts;

  State(std::string text, DatasetDescription parsed, const fs::path& directory)
      : json(std::move(text)),
        description(std::move(parsed)),
        users(directory / "users.arrow", {}),
        items(directory / "items.arrow", {"title", "attributes"}),
        item_graph(features::FeatureGraph::FromJson(description.item_graph)),
        context_graph(features::FeatureGraph::FromJson(description.context_graph)),
        item_features(ReadItemFeatures(directory / "item_features.arrow", item_graph)) {
    if (users.size() != description.counts.users)
      ThrowDamaged(directory / "users.arrow", "has another number of users");
    if (items.size() != description.counts.items)
      ThrowDamaged(directory / "items.arrow", "has another number of items");
    if (item_features.rows != items.size()) ThrowDamaged(directory / "item_features.arrow", "has not a row per item");
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const fs::path path = directory / kPartFiles[p];
      parts[p] = PartReader(path, description).Read(context_graph);
    }
  }
};

Dataset Dataset::Open(const fs::path& directory) {
  std::string text = ReadDescription(directory);
  DatasetDescription description = ParseDescription(text, directory / kDescriptionFile);
  base::VerifyFiles(directory, description.files);
  return Dataset(std::make_unique<State>(std::move(text), std::move(description), directory));
}

Dataset::Dataset(std::unique_ptr<State> state) : state_(std::move(state)) {}
Dataset::~Dataset() = default;
Dataset::Dataset(Dataset&&) noexcept = default;
Dataset& Dataset::operator=(Dataset&&) noexcept = default;

std::int64_t Dataset::users() const {
  return state_->users.size();
}

std::int64_t Dataset::items() const {
  return state_->items.size();
}

const Interactions& Dataset::part(Part part) const {
  return state_->parts[static_cast<std::size_t>(part)].view;
}

std::string_view Dataset::UserId(std::int64_t user) const {
  return state_->users.Id(user);
}

std::string_view Dataset::ItemId(std::int64_t item) const {
  return state_->items.Id(item);
}

std::optional<std::int64_t> Dataset::FindUser(std::string_view id) const {
  return state_->users.Find(id);
}

std::optional<std::int64_t> Dataset::FindItem(std::string_view id) const {
  return state_->items.Find(id);
}

std::string_view Dataset::Title(std::int64_t item) const {
  return state_->items.Text(kTitle, item);
}

std::string Dataset::AttributesJson(std::int64_t item) const {
  return std::string(state_->items.Text(kAttributes, item));
}

const features::FeatureGraph& Dataset::item_graph() const {
  return state_->item_graph;
}

const features::FeatureGraph& Dataset::context_graph() const {
  return state_->context_graph;
}

const std::vector<std::string>& Dataset::event_types() const {
  return state_->description.event_types;
}

const base::EncodedFeatures& Dataset::item_features() const {
  return state_->item_features;
}

std::int64_t Dataset::PartStart(Part part) const {
  return state_->description.part_starts[static_cast<std::size_t>(part)];
}

bool Dataset::has_times() const {
  return state_->description.has_times;
}

std::string Dataset::split_rule() const {
  return state_->description.split_rule;
}

std::string Dataset::tie_rule() const {
  return state_->description.tie_rule;
}

std::string Dataset::digest() const {
  return base::Sha256(state_->json);
}

std::string Dataset::Json() const {
  return state_->json;
}

}  // namespace shortlist::data
