// The versions in a model directory, as those who publish there see them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "shortlist/settings/serve_versions.h"

namespace shortlist::tools {

// What a server of the directory serves by its default policy: the newest version that is one.
std::optional<std::filesystem::path> NewestVersion(const std::filesystem::path& models);

// What a server with these settings serves; nothing if it serves nothing yet.
std::optional<std::filesystem::path> ServingVersion(const std::filesystem::path& models,
                                                    const VersionSettings& settings);

// Removes all but the `keep` newest and those that are named, and says which.
void RemoveOldVersions(const std::filesystem::path& models, std::int64_t keep, const std::vector<std::string>& kept);

}  // namespace shortlist::tools
