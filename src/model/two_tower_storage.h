// The files of a model in its directory; docs/formats.md describes them.
#pragma once

#include <filesystem>
#include <vector>

#include "model/two_tower.h"

namespace shortlist::model {

inline constexpr const char* kWeightsFile = "weights.safetensors";

// Writes all files but the weights.
void WriteDescription(const TwoTowerSpec& spec, const ItemInputs& items, const std::filesystem::path& directory);

// The files that WriteDescription writes.
void AppendDescription(const std::filesystem::path& directory, std::vector<std::filesystem::path>& files);

}  // namespace shortlist::model
