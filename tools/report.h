// Reports of stages, for people and for programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "data/prepare.h"
#include "index/bundle.h"
#include "train/trainer.h"

namespace shortlist::tools {

// Aligned lines that end with a line break.
std::string Text(const data::PrepareReport& report);
std::string Text(const train::TrainReport& report);
std::string Text(const index::IndexReport& report);

// One JSON object that ends with a line break.
std::string Json(const data::PrepareReport& report);
std::string Json(const train::TrainReport& report);
std::string Json(const index::IndexReport& report);

// Writes a result atomically; does nothing for an empty path.
void WriteResult(const std::filesystem::path& path, const std::string& json);

// Whole numbers with a comma at each thousand.
std::string Grouped(std::int64_t value);

}  // namespace shortlist::tools
