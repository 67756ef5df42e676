// A bundle of a large catalog, made and opened, for large_index.py. Item vectors lie in clusters and are of unequal
// norm, like those of a trained model; the model beside them is of random parameters.
//
//   large_bundle make ITEMS LISTS PROBES DIRECTORY   writes a bundle with an index of kind ivf_flat
//   large_bundle open DIRECTORY LOAD                 opens its index of items, "map"ped or as a "copy"
//
// Both print a line of JSON with seconds of CPU; `open` also bytes that the process holds for itself after it.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/stopwatch.h"
#include "index/bundle.h"
#include "index/made_vectors.h"
#include "serving/benchmark_bundle.h"

namespace shortlist::benchmarks {
namespace {

constexpr std::int64_t kQueries = 500;

double CpuSeconds(const std::function<void()>& work) {
  const base::CpuStopwatch watch = base::CpuStopwatch::OfProcess();
  work();
  return watch.seconds();
}

nlohmann::json Make(std::int32_t items, std::int64_t lists, std::int64_t probes,
                    const std::filesystem::path& directory) {
  const std::filesystem::path model = directory.string() + ".model";
  const BundleShape shape{.kind = IndexKind::kIvfFlat, .items = items};
  index::BundleInputs inputs = BenchmarkInputs(shape, model);
  inputs.item_vectors = index::MadeVectors(items, inputs.vector_width, 1);
  inputs.query_vectors = index::MadeVectors(kQueries, inputs.vector_width, 2);
  inputs.settings.index.items.lists = lists;
  inputs.settings.index.items.probes = probes;
  const double seconds = CpuSeconds([&] { index::WriteBundle(inputs, directory); });
  std::filesystem::remove_all(model);
  return {{"cpu_seconds", seconds}};
}

// Memory that no file backs.
std::int64_t OwnBytes() {
  std::ifstream status("/proc/self/status");
  std::int64_t kilobytes = 0;
  for (std::string word; status >> word;) {
    if (word == "RssAnon:") status >> kilobytes;
  }
  return kilobytes * 1024;
}

nlohmann::json Open(const std::filesystem::path& directory, IndexLoad load) {
  const auto manifest = nlohmann::json::parse(std::ifstream(directory / "manifest.json"));
  VectorIndexSettings settings;
  settings.kind = IndexKind::kIvfFlat;
  settings.load = load;
  const std::int64_t before = OwnBytes();
  std::optional<index::VectorIndex> index;
  const double seconds = CpuSeconds([&] {
    index = index::VectorIndex::Load(directory / "items.faiss", settings, manifest.at("items").at("vectors"),
                                     manifest.at("vector_width"));
  });
  return {{"cpu_seconds", seconds}, {"own_bytes", OwnBytes() - before}};
}

int Run(const std::vector<std::string>& arguments) {
  const std::string action = arguments.empty() ? "" : arguments[0];
  if (action == "make" && arguments.size() == 5) {
    std::cout << Make(std::stoi(arguments[1]), std::stoll(arguments[2]), std::stoll(arguments[3]), arguments[4])
              << "\n";
  } else if (action == "open" && arguments.size() == 3) {
    std::cout << Open(arguments[1], arguments[2] == "map" ? IndexLoad::kMap : IndexLoad::kCopy) << "\n";
  } else {
    std::cerr << "usage: large_bundle make ITEMS LISTS PROBES DIRECTORY | open DIRECTORY map|copy\n";
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  try {
    return shortlist::benchmarks::Run({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << "\n";
    return 1;
  }
}
