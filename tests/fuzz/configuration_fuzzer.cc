// Any text as a configuration: settings, or INVALID_ARGUMENT.
#include "config/config.h"
#include "fuzz/fuzz_target.h"
#include "shortlist/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shortlist;
  try {
    config::ParseSettings(fuzz::Text(data, size), "fuzzed.yaml");
  } catch (const Error& error) {
    fuzz::Require(error.code() == Code::kInvalidArgument, std::string(CodeName(error.code())) + ": " + error.what());
  }
  return 0;
}
