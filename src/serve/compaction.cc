#include "serve/compaction.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "filter/read_attributes.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "serve/catalog_delta.h"
#include "serve/catalog_log.h"
#include "serve/catalog_view.h"
#include "serve/snapshot.h"

namespace shortlist::serve {
namespace {

// Which items the next bundle has, by their numbers in the view, in the order of their numbers in the bundle.
struct NextCatalog {
  std::vector<std::int32_t> items;
  std::size_t learned = 0;  // the first ones: trained with, and in the index
  std::size_t indexed = 0;  // these and those that features place; the others are only in histories
};

NextCatalog Arrange(const CatalogView& view) {
  NextCatalog next;
  std::vector<std::int32_t> unlearned;
  std::vector<std::int32_t> remembered;
  const auto known = static_cast<std::int32_t>(view.bundle().item_count() + view.delta().new_items());
  for (std::int32_t item = 0; item < known; ++item) {
    const bool is_learned = view.IsLearned(item);
    if (!view.IsWithdrawn(item)) {
      (is_learned ? next.items : unlearned).push_back(item);
    } else if (is_learned) {
      remembered.push_back(item);
    }
  }
  std::ranges::sort(unlearned, {}, [&](std::int32_t item) { return view.Id(item); });
  next.learned = next.items.size();
  next.items.insert(next.items.end(), unlearned.begin(), unlearned.end());
  next.indexed = next.items.size();
  next.items.insert(next.items.end(), remembered.begin(), remembered.end());
  return next;
}

// By number in the bundle before; -1 for an item that is gone.
std::vector<std::int32_t> NewNumbers(const CatalogView& view, const NextCatalog& next) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(view.bundle().item_count()), -1);
  for (std::size_t i = 0; i < next.items.size(); ++i) {
    if (!view.IsNew(next.items[i])) numbers[static_cast<std::size_t>(next.items[i])] = static_cast<std::int32_t>(i);
  }
  return numbers;
}

// The towers over the next catalog. Items that are new or have other features than before are placed by those.
model::TwoTower NextModel(const CatalogView& view, const NextCatalog& next) {
  std::vector<std::int32_t> rows;
  std::vector<const CatalogItem*> placed;
  for (const std::int32_t item : next.items) {
    const CatalogItem* const changed = view.IsLearned(item) ? nullptr : view.delta().Find(item);
    rows.push_back(changed == nullptr ? item : -1);
    if (changed != nullptr) placed.push_back(changed);
  }
  return view.snapshot().model().WithCatalog(rows, view.snapshot().InputsOf(placed));
}

void AddItems(const CatalogView& view, const NextCatalog& next, index::BundleInputs& inputs) {
  for (const std::int32_t item : next.items) {
    const CatalogItem* const changed = view.delta().Find(item);
    inputs.item_ids.emplace_back(view.Id(item));
    inputs.titles.emplace_back(view.Title(item));
    inputs.attributes_json.push_back(changed == nullptr ? std::string(view.bundle().AttributesJson(item))
                                                        : filter::WriteAttributes(changed->attributes));
  }
}

void AddUsers(const index::Bundle& bundle, const std::vector<std::int32_t>& numbers, index::BundleInputs& inputs) {
  inputs.history_offsets = {0};
  for (std::int32_t user = 0; user < bundle.user_count(); ++user) {
    inputs.user_ids.emplace_back(bundle.UserId(user));
    const std::vector<float> vector = bundle.users().Vector(user);
    inputs.user_vectors.insert(inputs.user_vectors.end(), vector.begin(), vector.end());
    for (const std::int32_t item : bundle.HistoryItems(user)) {
      inputs.history_items.push_back(numbers[static_cast<std::size_t>(item)]);
    }
    const auto times = bundle.HistoryTimes(user);
    inputs.history_times.insert(inputs.history_times.end(), times.begin(), times.end());
    inputs.history_offsets.push_back(static_cast<std::int64_t>(inputs.history_items.size()));
  }
  inputs.history_has_times = bundle.history_has_times();
}

void AddPopular(const index::Bundle& bundle, const std::vector<std::int32_t>& numbers, index::BundleInputs& inputs) {
  for (const std::int32_t item : bundle.popular_items()) {
    const std::int32_t number = numbers[static_cast<std::size_t>(item)];
    if (number >= 0) inputs.popular_items.push_back(number);
  }
}

// Those that the manifest names, this log as far as it has been read.
std::vector<index::MergedLog> WithLog(std::vector<index::MergedLog> merged, const CatalogLogContents& log) {
  std::erase_if(merged, [&](const index::MergedLog& known) { return known.log == log.name; });
  merged.push_back({log.name, log.last_number});
  return merged;
}

CatalogChanges Later(const CatalogLogContents& log, const index::Bundle& bundle) {
  CatalogChanges later = log.changes;
  std::erase_if(
      later, [&, merged = bundle.MergedChanges(log.name)](const auto& entry) { return entry.second.number <= merged; });
  return later;
}

// Writes the model to the directory and returns all the rest.
index::BundleInputs NextInputs(const CatalogView& view, const index::BundleManifest& manifest,
                               const std::filesystem::path& model_directory) {
  const NextCatalog next = Arrange(view);
  const model::TwoTower towers = NextModel(view, next);
  towers.Save(model_directory);
  const index::Bundle& bundle = view.bundle();
  const std::vector<std::int32_t> numbers = NewNumbers(view, next);
  index::BundleInputs inputs;
  inputs.settings = bundle.settings();
  inputs.model_directory = model_directory;
  inputs.repeat_file = bundle.repeat_file();
  inputs.item_graph_json = bundle.ItemGraphJson();
  inputs.context_graph_json = bundle.ContextGraphJson();
  inputs.vector_width = towers.vector_width();
  inputs.item_vectors.resize(next.indexed * static_cast<std::size_t>(towers.vector_width()));
  towers.EncodeItems(0, static_cast<std::int64_t>(next.indexed), inputs.item_vectors);
  AddItems(view, next, inputs);
  AddPopular(bundle, numbers, inputs);
  AddUsers(bundle, numbers, inputs);
  if (bundle.user_count() == 0) inputs.query_vectors = bundle.sample().queries;
  inputs.dataset_digest = manifest.dataset_digest;
  inputs.checkpoint_digest = manifest.checkpoint_digest;
  inputs.merged = index::MergedCatalog{static_cast<std::int64_t>(next.learned), {}, {}};
  return inputs;
}

}  // namespace

std::optional<index::IndexReport> Compact(const CompactionPlan& plan) {
  const CatalogLogContents log = ReadCatalogLog(plan.log);
  const auto snapshot = ServingSnapshot::Load(plan.bundle);
  const CatalogChanges later = Later(log, snapshot->bundle());
  if (later.empty()) return std::nullopt;
  const index::BundleManifest manifest = index::ReadManifest(plan.bundle / index::kManifestFile).manifest;
  const CatalogDelta delta(*snapshot, later, nullptr);
  const base::AtomicDirectory model(plan.result);  // never committed, so that it goes with this object
  index::BundleInputs inputs = NextInputs({*snapshot, delta}, manifest, model.path());
  inputs.settings.threads = plan.threads;
  inputs.gate = plan.gate;
  inputs.merged->base = plan.bundle;
  inputs.merged->merged = WithLog(manifest.catalog.merged, log);
  return index::WriteBundle(inputs, plan.result);
}

}  // namespace shortlist::serve
