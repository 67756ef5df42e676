// The file of an index behind its digest; the first byte says of which kind, and whether its lists are copied or
// mapped. What opens is searched.
#include <array>

#include "fuzz/fuzz_target.h"
#include "fuzz/fuzzed_file.h"
#include "fuzz/fuzzed_index.h"
#include "index/vector_index.h"
#include "shortlist/error.h"

namespace shortlist::fuzz {
namespace {

void Read(std::string_view input) {
  static const FuzzedFile file("index.faiss");
  if (input.empty()) return;
  const auto choice = static_cast<std::uint8_t>(input.front());
  VectorIndexSettings settings = FuzzedSettings(kFuzzedKinds[choice % kFuzzedKinds.size()]);
  if (choice / kFuzzedKinds.size() % 2 == 1) settings.load = IndexLoad::kMap;
  try {
    const auto loaded =
        index::VectorIndex::Load(file.Write(input.substr(1)), settings, kFuzzedShape.count, kFuzzedShape.width);
    for (const std::int64_t k : {5, 4000}) {
      for (const index::Neighbor& neighbor : loaded.Search(std::array{0.5F}, k)) {
        Require(neighbor.id >= 0 && neighbor.id < kFuzzedShape.count, "an answer that is no vector");
      }
    }
  } catch (const Error& error) {
    Require(error.code() == Code::kDataLoss, std::string(CodeName(error.code())) + ": " + error.what());
  }
}

}  // namespace
}  // namespace shortlist::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shortlist::fuzz::Read(shortlist::fuzz::Text(data, size));
  return 0;
}
