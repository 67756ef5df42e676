#include "serve/model_directory.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "base/file.h"
#include "index/bundle_files.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;

bool IsName(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find(".tmp.") == std::string::npos;
}

bool IsBundle(const fs::path& directory) {
  std::error_code ignored;
  return fs::exists(directory / index::kManifestFile, ignored);
}

std::string Describe(const fs::directory_entry& file, const fs::path& directory) {
  return file.path().lexically_relative(directory).string() + '\0' + std::to_string(file.file_size()) + '\0' +
         std::to_string(file.last_write_time().time_since_epoch().count()) + '\n';
}

std::string Fingerprint(const fs::path& directory) {
  std::vector<std::string> lines;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) lines.push_back(Describe(entry, directory));
  }
  std::ranges::sort(lines);
  std::string text = directory.string() + '\n';
  for (const std::string& line : lines) text += line;
  return base::Sha256(text);
}

VersionOnDisk Look(std::string name, const fs::path& directory) {
  const fs::path resolved = fs::canonical(directory);
  return {std::move(name), resolved, Fingerprint(resolved), IsBundle(resolved)};
}

// A folder that somebody changes or removes while it is looked at counts as incomplete until the next look.
VersionOnDisk LookOnce(const std::string& name, const fs::path& directory) {
  try {
    return Look(name, directory);
  } catch (const fs::filesystem_error& change) {
    return {name, directory, change.what(), false};
  }
}

std::string NameOf(const fs::path& directory) {
  const fs::path plain = fs::absolute(directory).lexically_normal();
  return (plain.has_filename() ? plain : plain.parent_path()).filename().string();
}

void SortByName(std::vector<VersionOnDisk>& versions) {
  std::ranges::sort(versions, [](const VersionOnDisk& a, const VersionOnDisk& b) {
    return strverscmp(a.name.c_str(), b.name.c_str()) < 0;
  });
}

std::vector<VersionOnDisk> LookAtFolders(const fs::path& directory) {
  std::vector<VersionOnDisk> versions;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (IsName(name) && entry.is_directory(ignored)) versions.push_back(LookOnce(name, entry.path()));
  }
  SortByName(versions);
  return versions;
}

}  // namespace

std::vector<VersionOnDisk> ListVersions(const fs::path& directory) {
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    throw Error(Code::kNotFound,
                "there is no directory '" + directory.string() + "' of bundles; make one with: shortlist index CONFIG");
  }
  if (IsBundle(directory)) return {LookOnce(NameOf(directory), directory)};
  try {
    return LookAtFolders(directory);
  } catch (const fs::filesystem_error& failure) {
    throw Error(Code::kUnavailable, "cannot read '" + directory.string() + "': " + failure.code().message());
  }
}

}  // namespace shortlist::serve
