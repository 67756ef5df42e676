// Named arrays in one file: the safetensors format (https://huggingface.co/docs/safetensors), little-endian, an 8-byte
// header length, a JSON header, then the data without gaps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::base {

enum class ElementType { kFloat32, kFloat64, kInt32, kInt64, kUint8 };

// Collects arrays and writes them with WriteSafetensors; spans must stay valid until then.
class SafetensorsWriter {
 public:
  void Add(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);
  void Add(std::string name, std::vector<std::int64_t> shape, std::span<const double> values);
  void Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int32_t> values);
  void Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values);
  void Add(std::string name, std::vector<std::int64_t> shape, std::span<const std::uint8_t> values);
  // One string array, stored as "<name>.bytes" (uint8) and "<name>.offsets" (int64, count + 1).
  void AddStrings(const std::string& name, const std::vector<std::string>& values);
  void SetMetadata(std::string key, std::string value);

  // Atomic. Throws Error{kInvalidArgument} if a shape does not match its number of values.
  void Write(const std::filesystem::path& path) const;

 private:
  struct Array {
    ElementType type;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };
  void AddArray(std::string name, Array array);
  std::map<std::string, Array> arrays_;
  std::map<std::string, std::string> metadata_;
};

// A safetensors file, memory-mapped or copied. The header is validated on opening: offsets inside the file, no overlap,
// sizes equal to shape times element size; anything else throws Error{kDataLoss} naming the file. Spans live as long as
// the reader.
class SafetensorsReader {
 public:
  // Maps the file, which must not be cut short as long as the reader lives.
  explicit SafetensorsReader(const std::filesystem::path& path);
  // Reads the file, whatever becomes of it later.
  static SafetensorsReader InMemory(const std::filesystem::path& path);
  ~SafetensorsReader();
  SafetensorsReader(SafetensorsReader&&) noexcept;
  SafetensorsReader& operator=(SafetensorsReader&&) noexcept;

  bool Has(std::string_view name) const;
  std::vector<std::string> Names() const;
  // Throws Error{kDataLoss} naming file and array if it is missing.
  const std::vector<std::int64_t>& Shape(std::string_view name) const;
  // Throw Error{kDataLoss} naming file and array if it is missing or of another type.
  std::span<const float> Float32(std::string_view name) const;
  std::span<const double> Float64(std::string_view name) const;
  std::span<const std::int32_t> Int32(std::string_view name) const;
  std::span<const std::int64_t> Int64(std::string_view name) const;
  std::span<const std::uint8_t> Uint8(std::string_view name) const;
  std::vector<std::string> Strings(std::string_view name) const;
  const std::map<std::string, std::string>& metadata() const;

 private:
  struct State;
  explicit SafetensorsReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::base
