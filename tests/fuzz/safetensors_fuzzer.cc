// Any bytes as a file of arrays: refused with DATA_LOSS, or every array that it lists can be read to its last value. If
// the first byte is '=', the next line is the header and gets its right length in front; else the input is the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

std::string WithLengthOfHeader(std::string_view input) {
  constexpr std::size_t kAlignment = 8;
  const std::size_t end = std::min(input.find('\n'), input.size());
  std::string header(input.substr(0, end));
  header.resize((header.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const std::uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof(length));
  return file.append(header).append(input.substr(std::min(end + 1, input.size())));
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
  using namespace shortlist::fuzz;
  const std::string_view input = Text(data, size);
  if (input.starts_with('=')) {
    Read(WithLengthOfHeader(input.substr(1)));
  } else {
    Read(input);
  }
  return 0;
}
