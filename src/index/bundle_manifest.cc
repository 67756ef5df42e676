#include "index/bundle_manifest.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/sealed_json.h"
#include "base/settings_json.h"
#include "index/require.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "shortlist bundle";

template <class Enum>
std::string NameOf(Enum value) {
  return std::string(EnumNames<Enum>::kNames.at(static_cast<std::size_t>(value)));
}

template <class Enum>
Enum EnumOf(const std::string& name) {
  const auto& names = EnumNames<Enum>::kNames;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error(Code::kDataLoss, "unknown name '" + name + "'");
  return static_cast<Enum>(found - names.begin());
}

Json ToJson(const Recall& recall) {
  return {{"k", recall.k},
          {"queries", recall.queries},
          {"value", recall.value},
          {"low", recall.low},
          {"high", recall.high}};
}

Recall RecallFrom(const Json& json) {
  return {.k = json.at("k"),
          .queries = json.at("queries"),
          .value = json.at("value"),
          .low = json.at("low"),
          .high = json.at("high")};
}

Json ToJson(const IndexSummary& summary) {
  return {{"vectors", summary.vectors},
          {"kind", NameOf(summary.kind)},
          {"recall", ToJson(summary.recall)},
          {"query_microseconds", summary.query_microseconds},
          {"build_seconds", summary.build_seconds},
          {"bytes", summary.bytes},
          {"tuning_seconds", summary.tuning_seconds}};
}

IndexSummary SummaryFrom(const Json& json) {
  return {.vectors = json.at("vectors"),
          .kind = EnumOf<IndexKind>(json.at("kind")),
          .recall = RecallFrom(json.at("recall")),
          .query_microseconds = json.at("query_microseconds"),
          .build_seconds = json.at("build_seconds"),
          .bytes = json.value("bytes", std::uint64_t{0}),
          .tuning_seconds = json.value("tuning_seconds", 0.0)};
}

Json ToJson(const std::vector<Forced>& forced) {
  Json list = Json::array();
  for (const Forced& pass : forced) {
    list.push_back({{"stage", pass.stage}, {"time", pass.time}, {"reason", pass.reason}});
  }
  return list;
}

Json ToJson(const CatalogState& catalog) {
  Json merged = Json::array();
  for (const MergedLog& log : catalog.merged) merged.push_back({{"log", log.log}, {"changes", log.changes}});
  return {{"items", catalog.items}, {"learned", catalog.learned}, {"base", catalog.base}, {"merged", merged}};
}

CatalogState CatalogFrom(const Json& json, std::int64_t vectors) {
  CatalogState catalog{.items = json.at("items"), .learned = json.at("learned"), .merged = {}, .base = json.at("base")};
  for (const Json& log : json.at("merged")) catalog.merged.push_back({log.at("log"), log.at("changes")});
  RequireStored(0 <= catalog.learned && catalog.learned <= vectors && vectors <= catalog.items,
                "its numbers of items do not fit");
  return catalog;
}

std::vector<Forced> ForcedFrom(const Json& json) {
  std::vector<Forced> forced;
  for (const Json& pass : json) forced.push_back({pass.at("stage"), pass.at("time"), pass.at("reason")});
  return forced;
}

Json ToJson(const std::vector<base::FileEntry>& files) {
  Json list = Json::array();
  for (const base::FileEntry& file : files) {
    list.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  return list;
}

std::vector<base::FileEntry> FilesFrom(const Json& json) {
  std::vector<base::FileEntry> files;
  for (const Json& file : json) files.push_back({file.at("name"), file.at("size"), file.at("sha256")});
  return files;
}

BundleManifest ManifestFrom(const Json& json) {
  BundleManifest manifest;
  manifest.version = json.at("version");
  manifest.vector_width = json.at("vector_width");
  manifest.history_has_times = json.at("history_has_times");
  manifest.items = SummaryFrom(json.at("items"));
  manifest.users = SummaryFrom(json.at("users"));
  const std::int64_t vectors = manifest.items.vectors;
  manifest.catalog.items = manifest.catalog.learned = vectors;
  if (json.contains("catalog")) manifest.catalog = CatalogFrom(json.at("catalog"), vectors);
  manifest.dataset_digest = json.at("lineage").at("dataset");
  manifest.checkpoint_digest = json.at("lineage").at("checkpoint");
  if (json.contains("forced")) manifest.forced = ForcedFrom(json.at("forced"));
  manifest.files = FilesFrom(json.at("files"));
  manifest.settings = base::SettingsFromJson<Settings>(json.at("settings").dump());
  return manifest;
}

void RequireKnownFormat(const Json& json, const std::filesystem::path& path) {
  if (json.value("format", "") != kFormat) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not the manifest of a bundle");
  }
  const auto version = json.at("format_version").get<std::int64_t>();
  if (version < kOldestBundleFormatVersion || version > kBundleFormatVersion) {
    throw Error(Code::kFailedPrecondition, "'" + path.string() + "' has format version " + std::to_string(version) +
                                               "; this program reads " + std::to_string(kOldestBundleFormatVersion) +
                                               " to " + std::to_string(kBundleFormatVersion) +
                                               ": make the bundle with the same release");
  }
}

}  // namespace

std::string ToJson(const BundleManifest& manifest) {
  const Json json = {{"format", kFormat},
                     {"format_version", kBundleFormatVersion},
                     {"version", manifest.version},
                     {"similarity", NameOf(manifest.settings.model.similarity)},
                     {"vector_width", manifest.vector_width},
                     {"history_has_times", manifest.history_has_times},
                     {"items", ToJson(manifest.items)},
                     {"users", ToJson(manifest.users)},
                     {"catalog", ToJson(manifest.catalog)},
                     {"lineage", {{"dataset", manifest.dataset_digest}, {"checkpoint", manifest.checkpoint_digest}}},
                     {"forced", ToJson(manifest.forced)},
                     {"files", ToJson(manifest.files)},
                     {"settings", Json::parse(base::SettingsToJson(manifest.settings))}};
  return base::SealJson(json.dump(2));
}

StoredManifest ReadManifest(const std::filesystem::path& path) {
  std::string text = base::ReadSealedJson(path);
  try {
    const Json json = Json::parse(text);
    RequireKnownFormat(json, path);
    BundleManifest manifest = NamingFile(path, [&] { return ManifestFrom(json); });
    return {std::move(manifest), std::move(text)};
  } catch (const Json::exception& error) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' lacks what a manifest has: " + error.what());
  }
}

}  // namespace shortlist::index
