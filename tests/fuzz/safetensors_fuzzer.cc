// Any bytes as a file of arrays: refused with DATA_LOSS, or every array that it lists can be read to its last value.
#include <cstddef>

#include "base/safetensors.h"
#include "fuzz/fuzz_target.h"
#include "fuzz/fuzzed_file.h"
#include "shortlist/error.h"

namespace shortlist::fuzz {
namespace {

template <class Read>
void ReadIfOfThatType(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    Require(error.code() == Code::kDataLoss, error.what());
  }
}

// Volatile, so that the reads take place.
template <class Span>
void TouchAll(const Span& values) {
  for (const auto& value : values) {
    [[maybe_unused]] const volatile auto touched = value;
  }
}

void ReadArray(const base::SafetensorsReader& reader, const std::string& name) {
  reader.Shape(name);
  ReadIfOfThatType([&] { TouchAll(reader.Float32(name)); });
  ReadIfOfThatType([&] { TouchAll(reader.Float64(name)); });
  ReadIfOfThatType([&] { TouchAll(reader.Int32(name)); });
  ReadIfOfThatType([&] { TouchAll(reader.Int64(name)); });
  ReadIfOfThatType([&] { TouchAll(reader.Uint8(name)); });
  if (name.ends_with(".bytes")) {
    ReadIfOfThatType([&] { reader.Strings(name.substr(0, name.size() - std::string(".bytes").size())); });
  }
}

void Read(std::string_view bytes) {
  static const FuzzedFile file("arrays.safetensors");
  ReadIfOfThatType([&] {
    const base::SafetensorsReader reader(file.Write(bytes));
    for (const std::string& name : reader.Names()) ReadArray(reader, name);
  });
}

}  // namespace
}  // namespace shortlist::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shortlist::fuzz::Read(shortlist::fuzz::Text(data, size));
  return 0;
}
