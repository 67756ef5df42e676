// Where malformed rows go: one JSON object per line with file, line and reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"

namespace shortlist::data {

class Quarantine {
 public:
  explicit Quarantine(const std::filesystem::path& path) : path_(path), file_(path) {}

  void Add(std::string_view file, std::int64_t line, std::string_view reason);
  // Puts the file into place, also an empty one.
  void Commit() { file_.Commit(); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  base::AtomicFile file_;
};

}  // namespace shortlist::data
