#include "base/manifest.h"

#include <algorithm>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

void RequireInside(const fs::path& directory, const std::string& name) {
  const fs::path relative(name);
  const bool leaves = std::any_of(relative.begin(), relative.end(), [](const fs::path& part) { return part == ".."; });
  if (name.empty() || relative.is_absolute() || leaves) {
    throw Error(Code::kDataLoss,
                "the manifest of '" + directory.string() + "' names '" + name + "', which is not a file inside it");
  }
}

void VerifySize(const fs::path& path, const FileEntry& entry) {
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(path, failure);
  if (failure) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is missing; make the artifact again or copy it whole");
  }
  if (size != entry.size) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' has " + std::to_string(size) +
                                     " bytes where its manifest says " + std::to_string(entry.size) +
                                     "; make the artifact again or copy it whole");
  }
}

void VerifyDigest(const fs::path& path, const FileEntry& entry) {
  if (Sha256OfFile(path) == entry.sha256) return;
  throw Error(Code::kDataLoss,
              "'" + path.string() +
                  "' is damaged: its SHA-256 differs from its manifest; make the artifact again or copy it whole");
}

}  // namespace

std::vector<FileEntry> ListFiles(const fs::path& directory, const std::vector<std::string>& except) {
  std::vector<FileEntry> entries;
  for (const fs::directory_entry& item : fs::recursive_directory_iterator(directory)) {
    if (!item.is_regular_file()) continue;
    const std::string name = item.path().lexically_relative(directory).generic_string();
    if (std::find(except.begin(), except.end(), name) != except.end()) continue;
    entries.push_back({name, item.file_size(), Sha256OfFile(item.path())});
  }
  std::sort(entries.begin(), entries.end(), [](const FileEntry& a, const FileEntry& b) { return a.name < b.name; });
  return entries;
}

void VerifyFiles(const fs::path& directory, const std::vector<FileEntry>& entries) {
  for (const FileEntry& entry : entries) {
    RequireInside(directory, entry.name);
    VerifySize(directory / entry.name, entry);
  }
  for (const FileEntry& entry : entries) VerifyDigest(directory / entry.name, entry);
}

}  // namespace shortlist::base
