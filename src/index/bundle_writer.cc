#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "base/manifest.h"
#include "base/settings_kind.h"
#include "base/stopwatch.h"
#include "base/thread_pool.h"
#include "index/bundle.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "index/item_table.h"
#include "index/measured_index.h"
#include "index/recall_gate.h"
#include "index/require.h"
#include "index/tuning.h"
#include "index/user_table.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;

void RequireVectors(std::span<const float> vectors, std::size_t count, std::int64_t width, const char* otherwise) {
  RequireInput(vectors.size() == count * static_cast<std::size_t>(width), otherwise);
}

// All of them, but for those of a merged catalog that only histories have.
std::size_t IndexedItems(const BundleInputs& inputs) {
  return inputs.merged ? inputs.item_vectors.size() / static_cast<std::size_t>(inputs.vector_width)
                       : inputs.item_ids.size();
}

void RequireFit(const BundleInputs& inputs) {
  const std::int64_t width = inputs.vector_width;
  RequireInput(width > 0, "the vectors have no width");
  RequireVectors(inputs.item_vectors, IndexedItems(inputs), width, "the item vectors do not fit the items");
  RequireVectors(inputs.user_vectors, inputs.user_ids.size(), width, "the user vectors do not fit the users");
  const std::size_t queries = inputs.query_vectors.size() / static_cast<std::size_t>(width);
  RequireVectors(inputs.query_vectors, queries, width, "the query vectors do not fit the vector width");
  RequireInput(fs::is_directory(inputs.model_directory),
               "'" + inputs.model_directory.string() + "' is not the directory of a model");
  const auto indexed = static_cast<std::int64_t>(IndexedItems(inputs));
  RequireInput(!inputs.merged || (inputs.merged->learned >= 0 && inputs.merged->learned <= indexed &&
                                  indexed <= static_cast<std::int64_t>(inputs.item_ids.size())),
               "the numbers of items of the merged catalog do not fit");
}

QuerySet HeldOutQueries(const BundleInputs& inputs) {
  return {inputs.query_vectors.empty() ? inputs.user_vectors : inputs.query_vectors, inputs.vector_width,
          inputs.settings.index.recall_k};
}

void LogSummary(const IndexSummary& summary, const std::string& what) {
  base::LogInfo(fmt::format("index of {} {}: {}, built in {:.1f} s, recall@{} {:.4f}, {:.0f} us per query",
                            summary.vectors, what, base::NameOf(summary.kind), summary.build_seconds, summary.recall.k,
                            summary.recall.value, summary.query_microseconds));
}

// An index with the settings that it was built with, which were tuned if they said so.
struct BuiltIndex {
  MeasuredIndex measured;
  VectorIndexSettings settings;
  std::vector<Trial> trials;
};

// What indexes are built by.
struct Builders {
  base::ThreadPool& pool;
  const ScanDevice* device;  // null for none
};

BuiltIndex BuildTuned(IndexLoad load, const IndexSettings& index, std::span<const float> vectors, const QuerySet& asked,
                      const std::string& what, const Builders& by) {
  const base::Stopwatch watch;
  Tuning tuning =
      TuneIndex({index.target_recall, index.optimize, index.build_seconds}, vectors, asked, what, by.pool, by.device);
  tuning.chosen.summary.tuning_seconds = watch.seconds();
  tuning.settings.load = load;
  return {std::move(tuning.chosen), tuning.settings, std::move(tuning.trials)};
}

BuiltIndex BuildAsSet(const VectorIndexSettings& settings, const IndexSettings& index, std::span<const float> vectors,
                      const QuerySet& asked, const std::string& what, const Builders& by) {
  BuiltIndex built = settings.kind == IndexKind::kAuto
                         ? BuildTuned(settings.load, index, vectors, asked, what, by)
                         : BuiltIndex{BuildMeasured(settings, vectors, asked, by.pool, by.device), settings, {}};
  LogSummary(built.measured.summary, what);
  return built;
}

// What was built in memory and is to be written beside the inputs.
struct Built {
  BuiltIndex items;
  std::optional<BuiltIndex> users;  // none: that of the bundle before
  Sample sample;
};

Built Build(const BundleInputs& inputs) {
  base::ThreadPool pool(static_cast<int>(inputs.settings.threads));
  const Builders by{pool, inputs.device ? &*inputs.device : nullptr};
  const IndexSettings& settings = inputs.settings.index;
  const QuerySet held_out = HeldOutQueries(inputs);
  const QuerySet asked = held_out.EvenlySpaced(settings.recall_queries);
  BuiltIndex items = BuildAsSet(settings.items, settings, inputs.item_vectors, asked, "items", by);
  std::optional<BuiltIndex> users;
  if (!inputs.merged) users = BuildAsSet(settings.users, settings, inputs.user_vectors, asked, "users", by);
  Sample sample = MakeSample(items.measured.index, inputs.item_vectors, held_out.EvenlySpaced(settings.sample_queries),
                             pool, by.device);
  return {std::move(items), std::move(users), std::move(sample)};
}

// What needs no index; first, because it finds what is wrong with the inputs.
void WriteTables(const BundleInputs& inputs, const fs::path& directory) {
  WriteItems({inputs.item_ids, inputs.titles, inputs.attributes_json, inputs.popular_items}, directory / kItemsFile);
  WriteUsers({inputs.user_ids, inputs.history_offsets, inputs.history_items, inputs.history_times},
             static_cast<std::int64_t>(inputs.item_ids.size()), directory / kUsersFile);
  fs::copy(inputs.model_directory, directory / kModelDirectory, fs::copy_options::recursive);
  if (inputs.repeat_file) fs::copy_file(*inputs.repeat_file, directory / kRepeatFile);
  fs::create_directory((directory / kItemGraphFile).parent_path());
  base::WriteFileAtomically(directory / kItemGraphFile, inputs.item_graph_json);
  base::WriteFileAtomically(directory / kContextGraphFile, inputs.context_graph_json);
}

void WriteBuilt(const BundleInputs& inputs, const Built& built, const fs::path& directory) {
  built.items.measured.index.Save(directory / kItemIndexFile);
  if (built.users) {
    built.users->measured.index.Save(directory / kUserIndexFile);
  } else {
    fs::copy_file(inputs.merged->base / kUserIndexFile, directory / kUserIndexFile);
  }
  WriteSample(built.sample, inputs.vector_width, directory / kSampleFile);
}

std::string VersionOf(const std::vector<base::FileEntry>& files) {
  constexpr std::size_t kDigits = 8;
  std::string contents;
  for (const base::FileEntry& file : files) contents += file.sha256 + "  " + file.name + "\n";
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), base::Sha256(contents).substr(0, kDigits));
}

void DescribeUsers(const BuiltIndex& users, BundleManifest& manifest) {
  manifest.settings.index.users = users.settings;
  manifest.users = users.measured.summary;
}

void DescribeMerged(const MergedCatalog& merged, BundleManifest& manifest) {
  const BundleManifest before = ReadManifest(merged.base / kManifestFile).manifest;
  manifest.settings.index.users = before.settings.index.users;
  manifest.users = before.users;
  manifest.catalog.learned = merged.learned;
  manifest.catalog.merged = merged.merged;
  manifest.catalog.base = before.version;
}

BundleManifest Describe(const BundleInputs& inputs, const Built& built, const fs::path& directory) {
  BundleManifest manifest;
  manifest.settings = inputs.settings;
  manifest.settings.index.items = built.items.settings;
  manifest.vector_width = inputs.vector_width;
  manifest.history_has_times = inputs.history_has_times;
  manifest.items = built.items.measured.summary;
  manifest.items.bytes = fs::file_size(directory / kItemIndexFile);
  manifest.catalog.items = static_cast<std::int64_t>(inputs.item_ids.size());
  manifest.catalog.learned = manifest.items.vectors;
  if (built.users) DescribeUsers(*built.users, manifest);
  if (inputs.merged) DescribeMerged(*inputs.merged, manifest);
  manifest.users.bytes = fs::file_size(directory / kUserIndexFile);
  manifest.dataset_digest = inputs.dataset_digest;
  manifest.checkpoint_digest = inputs.checkpoint_digest;
  manifest.files = base::ListFiles(directory, {});
  manifest.version = VersionOf(manifest.files);
  return manifest;
}

IndexReport ReportOf(const BundleManifest& manifest, Built built) {
  IndexReport report;
  report.version = manifest.version;
  report.item_recall = manifest.items.recall.value;
  report.item_recall_low = manifest.items.recall.low;
  report.item_recall_high = manifest.items.recall.high;
  report.user_recall = manifest.users.recall.value;
  report.build_seconds = manifest.items.build_seconds + manifest.users.build_seconds;
  report.query_microseconds = manifest.items.query_microseconds;
  report.item_index_bytes = manifest.items.bytes;
  report.user_index_bytes = manifest.users.bytes;
  report.item_kind = base::NameOf(manifest.items.kind);
  report.item_trials = std::move(built.items.trials);
  if (built.users) report.user_trials = std::move(built.users->trials);
  for (const Forced& forced : manifest.forced) report.forced.push_back(forced.reason);
  return report;
}

}  // namespace

IndexReport WriteBundle(const BundleInputs& inputs, const fs::path& directory) {
  RequireFit(inputs);
  base::AtomicDirectory bundle(directory);
  WriteTables(inputs, bundle.path());
  Built built = Build(inputs);
  WriteBuilt(inputs, built, bundle.path());
  BundleManifest manifest = Describe(inputs, built, bundle.path());
  Pass(inputs.gate, "index", {ShortOfTarget(manifest)}, manifest);
  base::WriteFileAtomically(bundle.path() / kManifestFile, ToJson(manifest));
  IndexReport report = ReportOf(manifest, std::move(built));
  bundle.Commit();
  return report;
}

}  // namespace shortlist::index
