#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "base/manifest.h"
#include "base/thread_pool.h"
#include "index/bundle.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "index/item_table.h"
#include "index/measured_index.h"
#include "index/require.h"
#include "index/user_table.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;

void RequireVectors(std::span<const float> vectors, std::size_t count, std::int64_t width, const char* otherwise) {
  RequireInput(vectors.size() == count * static_cast<std::size_t>(width), otherwise);
}

void RequireFit(const BundleInputs& inputs) {
  const std::int64_t width = inputs.vector_width;
  RequireInput(width > 0, "the vectors have no width");
  RequireVectors(inputs.item_vectors, inputs.item_ids.size(), width, "the item vectors do not fit the items");
  RequireVectors(inputs.user_vectors, inputs.user_ids.size(), width, "the user vectors do not fit the users");
  const std::size_t queries = inputs.query_vectors.size() / static_cast<std::size_t>(width);
  RequireVectors(inputs.query_vectors, queries, width, "the query vectors do not fit the vector width");
  RequireInput(fs::is_directory(inputs.model_directory),
               "'" + inputs.model_directory.string() + "' is not the directory of a model");
}

QuerySet HeldOutQueries(const BundleInputs& inputs) {
  return {inputs.query_vectors.empty() ? inputs.user_vectors : inputs.query_vectors, inputs.vector_width,
          inputs.settings.index.recall_k};
}

void LogSummary(const IndexSummary& summary, const std::string& what) {
  base::LogInfo(fmt::format("index of {} {}: {}, built in {:.1f} s, recall@{} {:.4f}, {:.0f} us per query",
                            summary.vectors, what,
                            EnumNames<IndexKind>::kNames.at(static_cast<std::size_t>(summary.kind)),
                            summary.build_seconds, summary.recall.k, summary.recall.value, summary.query_microseconds));
}

// What was built in memory and is to be written beside the inputs.
struct Built {
  MeasuredIndex items;
  MeasuredIndex users;
  Sample sample;
};

Built Build(const BundleInputs& inputs) {
  base::ThreadPool pool(static_cast<int>(inputs.settings.threads));
  const IndexSettings& settings = inputs.settings.index;
  const QuerySet held_out = HeldOutQueries(inputs);
  const QuerySet asked = held_out.EvenlySpaced(settings.recall_queries);
  MeasuredIndex items = BuildMeasured(settings.items, inputs.item_vectors, asked, pool);
  LogSummary(items.summary, "items");
  MeasuredIndex users = BuildMeasured(settings.users, inputs.user_vectors, asked, pool);
  LogSummary(users.summary, "users");
  Sample sample = MakeSample(items.index, inputs.item_vectors, held_out.EvenlySpaced(settings.sample_queries), pool);
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

void WriteBuilt(const Built& built, std::int64_t width, const fs::path& directory) {
  built.items.index.Save(directory / kItemIndexFile);
  built.users.index.Save(directory / kUserIndexFile);
  WriteSample(built.sample, width, directory / kSampleFile);
}

std::string VersionOf(const std::vector<base::FileEntry>& files) {
  constexpr std::size_t kDigits = 8;
  std::string contents;
  for (const base::FileEntry& file : files) contents += file.sha256 + "  " + file.name + "\n";
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{}", fmt::gmtime(now), base::Sha256(contents).substr(0, kDigits));
}

BundleManifest Describe(const BundleInputs& inputs, const Built& built, const fs::path& directory) {
  BundleManifest manifest;
  manifest.settings = inputs.settings;
  manifest.vector_width = inputs.vector_width;
  manifest.history_has_times = inputs.history_has_times;
  manifest.items = built.items.summary;
  manifest.users = built.users.summary;
  manifest.dataset_digest = inputs.dataset_digest;
  manifest.checkpoint_digest = inputs.checkpoint_digest;
  manifest.files = base::ListFiles(directory, {});
  manifest.version = VersionOf(manifest.files);
  return manifest;
}

IndexReport ReportOf(const BundleManifest& manifest, const fs::path& directory) {
  IndexReport report;
  report.version = manifest.version;
  report.item_recall = manifest.items.recall.value;
  report.item_recall_low = manifest.items.recall.low;
  report.item_recall_high = manifest.items.recall.high;
  report.user_recall = manifest.users.recall.value;
  report.build_seconds = manifest.items.build_seconds + manifest.users.build_seconds;
  report.query_microseconds = manifest.items.query_microseconds;
  report.item_index_bytes = fs::file_size(directory / kItemIndexFile);
  report.user_index_bytes = fs::file_size(directory / kUserIndexFile);
  return report;
}

}  // namespace

IndexReport WriteBundle(const BundleInputs& inputs, const fs::path& directory) {
  RequireFit(inputs);
  base::AtomicDirectory bundle(directory);
  WriteTables(inputs, bundle.path());
  const Built built = Build(inputs);
  WriteBuilt(built, inputs.vector_width, bundle.path());
  const BundleManifest manifest = Describe(inputs, built, bundle.path());
  base::WriteFileAtomically(bundle.path() / kManifestFile, ToJson(manifest));
  IndexReport report = ReportOf(manifest, bundle.path());
  bundle.Commit();
  return report;
}

}  // namespace shortlist::index
