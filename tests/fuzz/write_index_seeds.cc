// Writes an index of each kind, to be copied and to be mapped, as the seeds that the fuzzer of indexes begins with.
//
//   write_index_seeds OUTPUT_DIRECTORY
#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/file.h"
#include "fuzz/fuzzed_index.h"
#include "index/vector_index.h"

int main(int argc, char** argv) {
  using namespace shortlist;
  if (argc != 2) return 2;
  const std::filesystem::path output(argv[1]);
  std::filesystem::create_directories(output);
  std::vector<float> vectors;
  for (int i = 0; i < fuzz::kFuzzedShape.count; ++i) vectors.push_back(std::sin(static_cast<float>(i)));
  for (std::size_t kind = 0; kind < fuzz::kFuzzedKinds.size(); ++kind) {
    const std::filesystem::path file = output / (std::to_string(kind) + ".faiss");
    index::VectorIndex::Build(fuzz::FuzzedSettings(fuzz::kFuzzedKinds[kind]), vectors, fuzz::kFuzzedShape.width)
        .Save(file);
    const std::string bytes = base::ReadFile(file);
    std::filesystem::remove(file);
    for (const std::size_t choice : {kind, kind + fuzz::kFuzzedKinds.size()}) {
      std::ofstream(output / std::to_string(choice), std::ios::binary) << static_cast<char>(choice) << bytes;
    }
  }
  return 0;
}
