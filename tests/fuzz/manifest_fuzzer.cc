// The manifest of a bundle, with a right digest over whatever it says.
#include "base/sealed_json.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/fuzzed_file.h"
#include "index/bundle_manifest.h"
#include "shortlist/error.h"

namespace shortlist::fuzz {
namespace {

void Read(std::string_view text) {
  static const FuzzedFile file("manifest.json");
  try {
    index::ReadManifest(file.Write(base::SealJson(std::string(text))));
  } catch (const Error& error) {
    const bool expected = error.code() == Code::kDataLoss || error.code() == Code::kFailedPrecondition ||
                          error.code() == Code::kInternal;  // SealJson's, for what is no object
    Require(expected, std::string(CodeName(error.code())) + ": " + error.what());
  }
}

}  // namespace
}  // namespace shortlist::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shortlist::fuzz::Read(shortlist::fuzz::Text(data, size));
  return 0;
}
