// A bundle of any size with a model of random parameters: what serving costs does not depend on what was learned.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "index/bundle.h"
#include "shortlist/settings/index.h"

namespace shortlist::benchmarks {

struct BundleShape {
  IndexKind kind = IndexKind::kFlat;
  IndexLoad load = IndexLoad::kCopy;
  std::int32_t items = 100'000;
  std::int32_t users = 10'000;
  std::int32_t history = 30;  // events of each user
  std::int64_t dimension = 64;
};

// Users are called "user-0", "user-1", ...
std::string UserName(std::int32_t user);

// What such a bundle is made of; the model is written to a folder of its own.
index::BundleInputs BenchmarkInputs(const BundleShape& shape, const std::filesystem::path& model_directory);

void WriteBenchmarkBundle(const BundleShape& shape, const std::filesystem::path& directory);

}  // namespace shortlist::benchmarks
