#include "index/bundle.h"

#include <algorithm>

#include "base/file.h"
#include "base/manifest.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "index/item_table.h"
#include "index/user_table.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

namespace fs = std::filesystem;

bool IsListed(const BundleManifest& manifest, std::string_view name) {
  return std::ranges::any_of(manifest.files, [&](const base::FileEntry& file) { return file.name == name; });
}

// A manifest that is itself sound could still leave a file out, which then would be read unverified.
void RequireListed(const BundleManifest& manifest, const fs::path& directory) {
  for (const char* name :
       {kItemGraphFile, kContextGraphFile, kItemsFile, kUsersFile, kItemIndexFile, kUserIndexFile, kSampleFile}) {
    if (!IsListed(manifest, name)) {
      throw Error(Code::kDataLoss, "'" + (directory / kManifestFile).string() + "' does not list '" + name + "'");
    }
  }
}

StoredManifest VerifiedManifest(const fs::path& directory) {
  StoredManifest stored = ReadManifest(directory / kManifestFile);
  RequireListed(stored.manifest, directory);
  base::VerifyFiles(directory, stored.manifest.files);
  return stored;
}

}  // namespace

struct Bundle::State {
  fs::path directory;
  StoredManifest stored;
  std::string item_graph;
  std::string context_graph;
  ItemTable items;
  UserTable users;
  VectorIndex item_index;
  VectorIndex user_index;
  Sample sample;

  const BundleManifest& manifest() const { return stored.manifest; }
};

Bundle Bundle::Open(const fs::path& directory, const ScanDevice* device) {
  const StoredManifest stored = VerifiedManifest(directory);
  const BundleManifest& manifest = stored.manifest;
  const IndexSettings& index = manifest.settings.index;
  const std::int64_t indexed = manifest.items.vectors;
  const std::int64_t items = manifest.catalog.items;
  const std::int64_t users = manifest.users.vectors;
  const std::int64_t width = manifest.vector_width;
  return Bundle(std::make_unique<State>(State{
      directory, stored, base::ReadFile(directory / kItemGraphFile), base::ReadFile(directory / kContextGraphFile),
      ItemTable::Open(directory / kItemsFile, items), UserTable::Open(directory / kUsersFile, users, items),
      VectorIndex::Load(directory / kItemIndexFile, index.items, indexed, width, device),
      VectorIndex::Load(directory / kUserIndexFile, index.users, users, width),
      ReadSample(directory / kSampleFile, width, indexed)}));
}

Bundle::Bundle(std::unique_ptr<State> state) : state_(std::move(state)) {}
Bundle::~Bundle() = default;
Bundle::Bundle(Bundle&&) noexcept = default;
Bundle& Bundle::operator=(Bundle&&) noexcept = default;

const std::string& Bundle::version() const {
  return state_->manifest().version;
}
const std::string& Bundle::ManifestJson() const {
  return state_->stored.json;
}
std::optional<fs::path> Bundle::repeat_file() const {
  if (!IsListed(state_->manifest(), kRepeatFile)) return std::nullopt;
  return state_->directory / kRepeatFile;
}
fs::path Bundle::model_directory() const {
  return state_->directory / kModelDirectory;
}
const std::string& Bundle::ItemGraphJson() const {
  return state_->item_graph;
}
const std::string& Bundle::ContextGraphJson() const {
  return state_->context_graph;
}
const Settings& Bundle::settings() const {
  return state_->manifest().settings;
}

const VectorIndex& Bundle::items() const {
  return state_->item_index;
}
const VectorIndex& Bundle::users() const {
  return state_->user_index;
}

std::int64_t Bundle::item_count() const {
  return state_->manifest().catalog.items;
}
bool Bundle::IsLearned(std::int32_t item) const {
  return item < state_->manifest().catalog.learned || item >= state_->manifest().items.vectors;
}
std::int64_t Bundle::MergedChanges(std::string_view log) const {
  const std::vector<MergedLog>& merged = state_->manifest().catalog.merged;
  const auto found = std::ranges::find(merged, log, &MergedLog::log);
  return found == merged.end() ? 0 : found->changes;
}
std::string_view Bundle::ItemId(std::int32_t item) const {
  return state_->items.Id(item);
}
std::string_view Bundle::Title(std::int32_t item) const {
  return state_->items.Title(item);
}
std::string_view Bundle::AttributesJson(std::int32_t item) const {
  return state_->items.AttributesJson(item);
}
std::int32_t Bundle::FindItem(std::string_view id) const {
  return state_->items.Find(id);
}
std::span<const std::int32_t> Bundle::popular_items() const {
  return state_->items.popular();
}

std::int64_t Bundle::user_count() const {
  return state_->manifest().users.vectors;
}
std::string_view Bundle::UserId(std::int32_t user) const {
  return state_->users.Id(user);
}
std::int32_t Bundle::FindUser(std::string_view id) const {
  return state_->users.Find(id);
}
std::span<const std::int32_t> Bundle::HistoryItems(std::int32_t user) const {
  return state_->users.HistoryItems(user);
}
std::span<const std::int64_t> Bundle::HistoryTimes(std::int32_t user) const {
  return state_->users.HistoryTimes(user);
}
bool Bundle::history_has_times() const {
  return state_->manifest().history_has_times;
}

const Bundle::Sample& Bundle::sample() const {
  return state_->sample;
}

}  // namespace shortlist::index
