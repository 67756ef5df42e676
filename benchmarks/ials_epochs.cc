// The program's iALS, for ials.py, which runs it in turns with another library.
//
//   ials_epochs FOLDER '{"items": 40981, "threads": 1, "evaluate": {"ials": {...}}}'
//
// FOLDER/histories.safetensors holds the shoppers' items, ids [events] and offsets [shoppers + 1]. Each line of stdin
// is a number of epochs; it is answered by a line of JSON: the time of a fit with as many, whose vectors are in
// FOLDER/vectors.safetensors then.
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/safetensors.h"
#include "base/settings_json.h"
#include "base/stopwatch.h"
#include "base/thread_pool.h"
#include "eval/ials_factors.h"
#include "linear/least_squares.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::benchmarks {
namespace {

namespace fs = std::filesystem;

eval::IndexLists ReadHistories(const fs::path& path) {
  const base::SafetensorsReader reader(path);
  const auto ids = reader.Int32("ids");
  const auto offsets = reader.Int64("offsets");
  return {{offsets.begin(), offsets.end()}, {ids.begin(), ids.end()}};
}

std::vector<float> ShopperVectors(const eval::IndexLists& histories, std::span<const float> items,
                                  const IalsSettings& settings, base::ThreadPool& pool) {
  const linear::LeastSquares squares(items, settings, pool);
  std::vector<float> vectors(histories.rows() * static_cast<std::size_t>(settings.dimension));
  linear::LeastSquares::Scratch scratch;
  std::vector<linear::WeightedItem> weighted;
  for (std::size_t row = 0; row < histories.rows(); ++row) {
    weighted.clear();
    for (const std::int32_t item : histories[row]) weighted.push_back({item, 1});
    const auto width = static_cast<std::size_t>(settings.dimension);
    squares.Solve(weighted, std::span(vectors).subspan(row * width, width), scratch);
  }
  return vectors;
}

void WriteVectors(std::span<const float> items, std::span<const float> shoppers, std::int64_t width,
                  const fs::path& path) {
  base::SafetensorsWriter writer;
  writer.Add("items", {static_cast<std::int64_t>(items.size()) / width, width}, items);
  writer.Add("shoppers", {static_cast<std::int64_t>(shoppers.size()) / width, width}, shoppers);
  writer.Write(path);
}

void AnswerFits(const fs::path& folder, const nlohmann::json& task) {
  const eval::IndexLists histories = ReadHistories(folder / "histories.safetensors");
  IalsSettings settings = base::SettingsFromJson<EvaluateSettings>(task.at("evaluate").dump()).ials;
  base::ThreadPool pool(task.at("threads").get<int>());
  for (std::string line; std::getline(std::cin, line);) {
    settings.epochs = std::stoll(line);
    const base::CpuStopwatch watch = base::CpuStopwatch::OfProcess();
    const std::vector<float> items = eval::FitItemVectors(histories, task.at("items"), settings, 1, pool);
    const double seconds = watch.seconds();
    WriteVectors(items, ShopperVectors(histories, items, settings, pool), settings.dimension,
                 folder / "vectors.safetensors");
    std::cout << nlohmann::json({{"cpu", seconds}}) << std::endl;
  }
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: ials_epochs FOLDER TASK\n";
    return 2;
  }
  shortlist::benchmarks::AnswerFits(argv[1], nlohmann::json::parse(argv[2]));
  return 0;
}
