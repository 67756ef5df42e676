#include "published_versions.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "base/file.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "serve/model_directory.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;

bool HasManifest(const fs::path& bundle) {
  try {
    index::ReadManifest(bundle / index::kManifestFile);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::optional<fs::path> NewestVersion(const fs::path& models) {
  if (!fs::is_directory(models)) return std::nullopt;
  const std::vector<serve::VersionOnDisk> versions = serve::ListVersions(models);
  const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                   [&](const auto& version) { return HasManifest(models / version.name); });
  return newest == versions.rend() ? std::nullopt : std::optional(models / newest->name);
}

std::optional<fs::path> ServingVersion(const fs::path& models, const VersionSettings& settings) {
  if (settings.policy == VersionPolicy::kLatest || settings.stable.empty()) return NewestVersion(models);
  return fs::exists(models / settings.stable) ? std::optional(models / settings.stable) : std::nullopt;
}

void RemoveOldVersions(const fs::path& models, std::int64_t keep, const std::vector<std::string>& kept) {
  const std::vector<serve::VersionOnDisk> versions = serve::ListVersions(models);
  const auto count = static_cast<std::int64_t>(versions.size());
  for (std::int64_t i = 0; i < count - keep; ++i) {
    const std::string& name = versions[static_cast<std::size_t>(i)].name;
    if (std::ranges::count(kept, name) != 0) continue;
    base::RemoveDirectory(models / name);
    std::cout << fmt::format("removed {}\n", name);
  }
}

}  // namespace shortlist::tools
