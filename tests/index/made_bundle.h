// A small bundle for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "index/bundle.h"

namespace shortlist::index {

// A folder of its own for each test, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline constexpr std::int64_t kBundleWidth = 5;

// Inputs with the given numbers of items and users; user u has the u most popular items as history. A stand-in for a
// model is written to `model_directory`.
BundleInputs MadeInputs(std::int32_t items, std::int32_t users, const std::filesystem::path& model_directory);

}  // namespace shortlist::index
