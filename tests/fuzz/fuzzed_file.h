// A file of this process that holds the input, for readers of files.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace shortlist::fuzz {

class FuzzedFile {
 public:
  explicit FuzzedFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("shortlist_fuzz_" + std::to_string(getpid()) + "_" + name)) {}
  ~FuzzedFile() { std::filesystem::remove(path_); }
  FuzzedFile(const FuzzedFile&) = delete;
  FuzzedFile& operator=(const FuzzedFile&) = delete;

  const std::filesystem::path& Write(std::string_view contents) const {
    std::ofstream(path_, std::ios::binary) << contents;
    return path_;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace shortlist::fuzz
