#include "base/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::uint64_t kMaxHeaderBytes = 100 << 20;
constexpr std::size_t kAlignment = 8;

struct TypeName {
  ElementType type;
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<TypeName, 5> kTypes = {{{ElementType::kFloat32, "F32", 4},
                                             {ElementType::kFloat64, "F64", 8},
                                             {ElementType::kInt32, "I32", 4},
                                             {ElementType::kInt64, "I64", 8},
                                             {ElementType::kUint8, "U8", 1}}};

const TypeName& Describe(ElementType type) {
  return *std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& entry) { return entry.type == type; });
}

// Shape product times element size, or nothing if negative or too large for memory.
bool ByteCount(const std::vector<std::int64_t>& shape, std::size_t element, std::uint64_t* bytes) {
  *bytes = element;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return false;
    if (extent != 0 && *bytes > std::numeric_limits<std::int64_t>::max() / static_cast<std::uint64_t>(extent)) {
      return false;
    }
    *bytes *= static_cast<std::uint64_t>(extent);
  }
  return true;
}

}  // namespace

void SafetensorsWriter::AddArray(std::string name, Array array) {
  std::uint64_t bytes = 0;
  if (!ByteCount(array.shape, Describe(array.type).bytes, &bytes) || bytes != array.bytes.size()) {
    throw Error(Code::kInvalidArgument, "array '" + name + "' has " + std::to_string(array.bytes.size()) +
                                            " bytes, which its shape does not give");
  }
  arrays_[std::move(name)] = std::move(array);
}

void SafetensorsWriter::Add(std::string name, std::vector<std::int64_t> shape, std::span<const float> values) {
  AddArray(std::move(name), {ElementType::kFloat32, std::move(shape), std::as_bytes(values), nullptr});
}
void SafetensorsWriter::Add(std::string name, std::vector<std::int64_t> shape, std::span<const double> values) {
  AddArray(std::move(name), {ElementType::kFloat64, std::move(shape), std::as_bytes(values), nullptr});
}
void SafetensorsWriter::Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int32_t> values) {
  AddArray(std::move(name), {ElementType::kInt32, std::move(shape), std::as_bytes(values), nullptr});
}
void SafetensorsWriter::Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
  AddArray(std::move(name), {ElementType::kInt64, std::move(shape), std::as_bytes(values), nullptr});
}
void SafetensorsWriter::Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::uint8_t> values) {
  AddArray(std::move(name), {ElementType::kUint8, std::move(shape), std::as_bytes(values), nullptr});
}

void SafetensorsWriter::AddStrings(const std::string& name, const std::vector<std::string>& values) {
  auto bytes = std::make_shared<std::string>();
  auto offsets = std::make_shared<std::vector<std::int64_t>>(1, 0);
  for (const std::string& value : values) {
    *bytes += value;
    offsets->push_back(static_cast<std::int64_t>(bytes->size()));
  }
  AddArray(name + ".bytes",
           {ElementType::kUint8, {static_cast<std::int64_t>(bytes->size())}, std::as_bytes(std::span(*bytes)), bytes});
  AddArray(
      name + ".offsets",
      {ElementType::kInt64, {static_cast<std::int64_t>(offsets->size())}, std::as_bytes(std::span(*offsets)), offsets});
}

void SafetensorsWriter::SetMetadata(std::string key, std::string value) {
  metadata_[std::move(key)] = std::move(value);
}

void SafetensorsWriter::Write(const std::filesystem::path& path) const {
  nlohmann::ordered_json header;
  if (!metadata_.empty()) header["__metadata__"] = metadata_;
  // Wider elements first keeps every array aligned to its element without gaps, which the format forbids.
  std::vector<std::pair<std::string, const Array*>> order;
  for (const auto& [name, array] : arrays_) order.emplace_back(name, &array);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return Describe(a.second->type).bytes > Describe(b.second->type).bytes;
  });
  std::uint64_t offset = 0;
  for (const auto& [name, array] : order) {
    header[name] = {{"dtype", Describe(array->type).name},
                    {"shape", array->shape},
                    {"data_offsets", {offset, offset + array->bytes.size()}}};
    offset += array->bytes.size();
  }
  std::string text = header.is_null() ? "{}" : header.dump();
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const std::uint64_t length = text.size();

  AtomicFile file(path);
  file.stream().write(reinterpret_cast<const char*>(&length), sizeof(length));
  file.stream().write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const auto& [name, array] : order) {
    file.stream().write(reinterpret_cast<const char*>(array->bytes.data()),
                        static_cast<std::streamsize>(array->bytes.size()));
  }
  file.Commit();
}

struct SafetensorsReader::State {
  struct Array {
    ElementType type{};
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
  };

  std::string path;
  std::variant<MappedFile, std::string> file;
  std::map<std::string, Array, std::less<>> arrays;
  std::map<std::string, std::string> metadata;

  [[noreturn]] void Refuse(const std::string& what) const {
    throw Error(Code::kDataLoss, "'" + path + "' is not a whole safetensors file: " + what);
  }

  std::span<const std::byte> Bytes() const {
    if (const auto* mapped = std::get_if<MappedFile>(&file)) return mapped->bytes();
    return std::as_bytes(std::span(std::get<std::string>(file)));
  }

  void Parse() {
    const std::span<const std::byte> bytes = Bytes();
    std::uint64_t length = 0;
    if (bytes.size() < sizeof(length)) Refuse("it is shorter than its header");
    std::memcpy(&length, bytes.data(), sizeof(length));
    if (length > kMaxHeaderBytes || length > bytes.size() - sizeof(length)) Refuse("its header does not fit");
    const auto* text = reinterpret_cast<const char*>(bytes.data()) + sizeof(length);
    const nlohmann::json header = nlohmann::json::parse(text, text + length, nullptr, false);
    if (!header.is_object()) Refuse("its header is not a JSON object");
    const std::span<const std::byte> data = bytes.subspan(sizeof(length) + length);
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        ParseMetadata(entry);
      } else {
        arrays[name] = ParseArray(name, entry, data);
      }
    }
    CheckCoverage(data);
  }

  void ParseMetadata(const nlohmann::json& entry) {
    if (!entry.is_object()) Refuse("its metadata is not an object");
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) Refuse("its metadata '" + key + "' is not a string");
      metadata[key] = value.get<std::string>();
    }
  }

  Array ParseArray(const std::string& name, const nlohmann::json& entry, std::span<const std::byte> data) const {
    try {
      const auto type_name = entry.at("dtype").get<std::string>();
      const auto* type =
          std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& t) { return t.name == type_name; });
      if (type == kTypes.end()) Refuse("array '" + name + "' has the unsupported type " + type_name);
      RequireWholeNumbers(name, entry.at("shape"));
      RequireWholeNumbers(name, entry.at("data_offsets"));
      Array array{type->type, entry.at("shape").get<std::vector<std::int64_t>>(), {}};
      const auto range = entry.at("data_offsets").get<std::array<std::uint64_t, 2>>();
      std::uint64_t expected = 0;
      const bool sound = range[0] <= range[1] && range[1] <= data.size() &&
                         ByteCount(array.shape, type->bytes, &expected) && expected == range[1] - range[0];
      if (!sound) Refuse("array '" + name + "' has offsets that do not fit its shape or the file");
      array.bytes = data.subspan(range[0], expected);
      const bool aligned = reinterpret_cast<std::uintptr_t>(array.bytes.data()) % type->bytes == 0;
      if (!aligned && !array.bytes.empty()) Refuse("array '" + name + "' is not aligned");
      return array;
    } catch (const nlohmann::json::exception&) {
      Refuse("array '" + name + "' lacks a type, shape or offsets");
    }
  }

  void RequireWholeNumbers(const std::string& name, const nlohmann::json& list) const {
    const bool sound = list.is_array() && std::all_of(list.begin(), list.end(),
                                                      [](const auto& value) { return value.is_number_unsigned(); });
    if (!sound) Refuse("array '" + name + "' has a shape or offsets that are not whole numbers");
  }

  // The format wants every byte of data to belong to exactly one array.
  void CheckCoverage(std::span<const std::byte> data) const {
    std::vector<std::pair<const std::byte*, const std::byte*>> ranges;
    for (const auto& [name, array] : arrays) {
      if (!array.bytes.empty()) ranges.emplace_back(array.bytes.data(), array.bytes.data() + array.bytes.size());
    }
    std::sort(ranges.begin(), ranges.end());
    const std::byte* position = data.data();
    for (const auto& [begin, end] : ranges) {
      if (begin != position) Refuse("its arrays overlap or leave gaps");
      position = end;
    }
    if (position != data.data() + data.size()) Refuse("it has bytes behind its last array");
  }

  const Array& Find(std::string_view name) const {
    const auto found = arrays.find(name);
    if (found == arrays.end()) {
      throw Error(Code::kDataLoss, "'" + path + "' has no array '" + std::string(name) + "'");
    }
    return found->second;
  }

  template <class T>
  std::span<const T> Values(std::string_view name, ElementType type) const {
    const Array& array = Find(name);
    if (array.type != type) {
      throw Error(Code::kDataLoss, "array '" + std::string(name) + "' of '" + path + "' is " +
                                       std::string(Describe(array.type).name) + ", not " +
                                       std::string(Describe(type).name));
    }
    return {reinterpret_cast<const T*>(array.bytes.data()), array.bytes.size() / sizeof(T)};
  }
};

SafetensorsReader::SafetensorsReader(const std::filesystem::path& path)
    : SafetensorsReader(std::make_unique<State>(State{path.string(), MappedFile(path), {}, {}})) {}

SafetensorsReader SafetensorsReader::InMemory(const std::filesystem::path& path) {
  return SafetensorsReader(std::make_unique<State>(State{path.string(), ReadFile(path), {}, {}}));
}

SafetensorsReader::SafetensorsReader(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->Parse();
}
SafetensorsReader::~SafetensorsReader() = default;
SafetensorsReader::SafetensorsReader(SafetensorsReader&&) noexcept = default;
SafetensorsReader& SafetensorsReader::operator=(SafetensorsReader&&) noexcept = default;

bool SafetensorsReader::Has(std::string_view name) const {
  return state_->arrays.find(name) != state_->arrays.end();
}

std::vector<std::string> SafetensorsReader::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, array] : state_->arrays) names.push_back(name);
  return names;
}

const std::vector<std::int64_t>& SafetensorsReader::Shape(std::string_view name) const {
  return state_->Find(name).shape;
}
std::span<const float> SafetensorsReader::Float32(std::string_view name) const {
  return state_->Values<float>(name, ElementType::kFloat32);
}
std::span<const double> SafetensorsReader::Float64(std::string_view name) const {
  return state_->Values<double>(name, ElementType::kFloat64);
}
std::span<const std::int32_t> SafetensorsReader::Int32(std::string_view name) const {
  return state_->Values<std::int32_t>(name, ElementType::kInt32);
}
std::span<const std::int64_t> SafetensorsReader::Int64(std::string_view name) const {
  return state_->Values<std::int64_t>(name, ElementType::kInt64);
}
std::span<const std::uint8_t> SafetensorsReader::Uint8(std::string_view name) const {
  return state_->Values<std::uint8_t>(name, ElementType::kUint8);
}

std::vector<std::string> SafetensorsReader::Strings(std::string_view name) const {
  const std::span<const std::uint8_t> bytes = Uint8(std::string(name) + ".bytes");
  const std::span<const std::int64_t> offsets = Int64(std::string(name) + ".offsets");
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  std::vector<std::string> values;
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    const bool sound =
        offsets[i] >= 0 && offsets[i] <= offsets[i + 1] && static_cast<std::uint64_t>(offsets[i + 1]) <= bytes.size();
    if (!sound) state_->Refuse("strings '" + std::string(name) + "' have offsets out of order");
    values.emplace_back(text + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
  }
  return values;
}

const std::map<std::string, std::string>& SafetensorsReader::metadata() const {
  return state_->metadata;
}

}  // namespace shortlist::base
