// sample.safetensors of a bundle: queries with their exact answers. A server compares its own answers with them before
// it takes traffic.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace shortlist::index {

struct Sample {
  std::int64_t k = 0;
  std::vector<float> queries;           // [n, width]
  std::vector<std::int32_t> exact_ids;  // [n, k], best first, -1 where there are fewer
  double index_recall = 0;              // recall@k that the item index had on these queries when it was written
};

void WriteSample(const Sample& sample, std::int64_t width, const std::filesystem::path& path);

// Throws Error{kDataLoss} naming the file if it is not a sample of queries of the width over `items` items.
Sample ReadSample(const std::filesystem::path& path, std::int64_t width, std::int64_t items);

}  // namespace shortlist::index
