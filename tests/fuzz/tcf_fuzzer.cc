// Any text as a TC string: choices, or INVALID_ARGUMENT.
#include "fuzz/fuzz_target.h"
#include "profile/tcf_string.h"
#include "shortlist/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shortlist;
  const std::string_view text = fuzz::Text(data, size);
  try {
    const profile::TcfChoices choices = profile::TcfChoicesFrom(text);
    fuzz::Require(text.starts_with('C'), "a text of another version was read");
    fuzz::Require(choices.consents < 1U << 24, "more than 24 purposes");
  } catch (const Error& error) {
    fuzz::Require(error.code() == Code::kInvalidArgument, std::string(CodeName(error.code())) + ": " + error.what());
  }
  return 0;
}
