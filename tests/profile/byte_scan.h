// Where the bytes of a text are found on disk.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace shortlist::profile {

// The files below a folder that have the text anywhere in their bytes or in their names.
inline std::vector<std::filesystem::path> FilesWith(std::string_view text, const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool is_named = entry.path().filename().string().find(text) != std::string::npos;
    if (is_named || (entry.is_regular_file() && base::ReadFile(entry.path()).find(text) != std::string::npos)) {
      found.push_back(entry.path());
    }
  }
  return found;
}

}  // namespace shortlist::profile
