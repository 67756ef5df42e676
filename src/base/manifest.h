// The checked list of files of an artifact directory (dataset, checkpoint, bundle): relative name, size and SHA-256.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace shortlist::base {

struct FileEntry {
  std::string name;  // relative to the artifact directory
  std::uint64_t size = 0;
  std::string sha256;  // lower-case hexadecimal
};

// Entries of all regular files below `directory` but `except`, sorted by name.
std::vector<FileEntry> ListFiles(const std::filesystem::path& directory, const std::vector<std::string>& except);

// Throws Error{kDataLoss} naming the first file that is missing, of another size or of another digest. Sizes are
// checked before any content is read. Names that leave the directory are refused.
void VerifyFiles(const std::filesystem::path& directory, const std::vector<FileEntry>& entries);

}  // namespace shortlist::base
