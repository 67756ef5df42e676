// What the admin service was told to serve, in a file that outlives the process.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "shortlist/settings/serve_versions.h"

namespace shortlist::serve {

struct KeptVersions {
  VersionSettings configured;  // what the settings said at that time
  VersionSettings wanted;      // what was asked for instead
  std::string previous;        // the version to roll back to; empty for none
};

// Whether both ask for the same versions for the same shoppers.
bool SameChoice(const VersionSettings& a, const VersionSettings& b);
// `settings` with the versions and shoppers of `choice`.
VersionSettings WithChoice(VersionSettings settings, const VersionSettings& choice);

// Throws Error{kInvalidArgument} if the file's folder is missing or cannot be written.
void RequireWritableState(const std::filesystem::path& file);

// Nothing if there is no file. Throws Error{kDataLoss} naming it if it is not as KeepVersions wrote it.
std::optional<KeptVersions> ReadKeptVersions(const std::filesystem::path& file);
// Throws Error{kUnavailable} naming the file if it cannot be written; what it held before is still there then.
void KeepVersions(const std::filesystem::path& file, const KeptVersions& kept);
// Removes the file if it is there; throws Error{kUnavailable} if it cannot.
void ForgetVersions(const std::filesystem::path& file);

}  // namespace shortlist::serve
