#include "train/scalar_log.h"

#include <array>
#include <bit>
#include <chrono>
#include <unistd.h>

#include "shortlist/error.h"

namespace shortlist::train {
namespace {

constexpr std::array<std::uint32_t, 256> MakeCrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = MakeCrcTable();

// TensorFlow's lib/hash/crc32c.h: a rotation and a constant, so that a CRC of data that hold CRCs stays sound.
std::uint32_t Mask(std::uint32_t crc) {
  return std::rotr(crc, 15) + 0xA282EAD8U;
}

template <class T>
void AppendLittleEndian(T value, std::string& out) {
  for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
    out.push_back(static_cast<char>((value >> (8 * byte)) & 0xFF));
  }
}

// The encoding of protocol buffers: fields of type varint (0), 64 bits (1), bytes (2) and 32 bits (5).
void AppendVarint(std::uint64_t value, std::string& out) {
  for (; value >= 128; value >>= 7) out.push_back(static_cast<char>((value & 127) | 128));
  out.push_back(static_cast<char>(value));
}
void AppendKey(int field, int type, std::string& out) {
  AppendVarint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type), out);
}
void AppendInteger(int field, std::int64_t value, std::string& out) {
  AppendKey(field, 0, out);
  AppendVarint(static_cast<std::uint64_t>(value), out);
}
void AppendDouble(int field, double value, std::string& out) {
  AppendKey(field, 1, out);
  AppendLittleEndian(std::bit_cast<std::uint64_t>(value), out);
}
void AppendBytes(int field, std::string_view value, std::string& out) {
  AppendKey(field, 2, out);
  AppendVarint(value.size(), out);
  out += value;
}
void AppendFloat(int field, float value, std::string& out) {
  AppendKey(field, 5, out);
  AppendLittleEndian(std::bit_cast<std::uint32_t>(value), out);
}

double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// tensorflow.Event: wall_time = 1, step = 2, file_version = 3, summary = 5.
std::string FileVersionEvent() {
  std::string event;
  AppendDouble(1, Now(), event);
  AppendBytes(3, "brain.Event:2", event);
  return event;
}

// tensorflow.Summary: value = 1; tensorflow.Summary.Value: tag = 1, simple_value = 2.
std::string ScalarEvent(std::string_view tag, std::int64_t step, double scalar) {
  std::string value;
  AppendBytes(1, tag, value);
  AppendFloat(2, static_cast<float>(scalar), value);
  std::string summary;
  AppendBytes(1, value, summary);
  std::string event;
  AppendDouble(1, Now(), event);
  AppendInteger(2, step, event);
  AppendBytes(5, summary, event);
  return event;
}

// TensorBoard reads the files of a run in the order of their names and knows them by "tfevents".
std::filesystem::path NewName(const std::filesystem::path& directory) {
  const auto seconds = static_cast<std::int64_t>(Now());
  for (int attempt = 0;; ++attempt) {
    std::filesystem::path path = directory / ("events.out.tfevents." + std::to_string(seconds) + ".shortlist." +
                                              std::to_string(getpid()) + "." + std::to_string(attempt));
    if (!std::filesystem::exists(path)) return path;
  }
}

}  // namespace

std::uint32_t Crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFF];
  return ~crc;
}

ScalarLog::ScalarLog(const std::filesystem::path& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  path_ = NewName(directory);
  file_.open(path_, std::ios::binary);
  if (!file_) throw Error(Code::kUnavailable, "cannot create '" + path_.string() + "'; is the folder writable?");
  WriteRecord(FileVersionEvent());
}

void ScalarLog::Add(std::string_view tag, std::int64_t step, double value) {
  WriteRecord(ScalarEvent(tag, step, value));
}

void ScalarLog::Flush() {
  file_.flush();
}

void ScalarLog::WriteRecord(const std::string& data) {
  std::string length;
  AppendLittleEndian(static_cast<std::uint64_t>(data.size()), length);
  std::string record = length;
  AppendLittleEndian(Mask(Crc32c(length)), record);
  record += data;
  AppendLittleEndian(Mask(Crc32c(data)), record);
  file_.write(record.data(), static_cast<std::streamsize>(record.size()));
}

}  // namespace shortlist::train
