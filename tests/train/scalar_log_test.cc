#include "train/scalar_log.h"

#include <bit>
#include <cstring>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"

namespace shortlist::train {
namespace {

// A reader of the two specifications (TensorFlow's record format, the encoding of protocol buffers), written apart from
// the writer.
template <class T>
T LittleEndian(const std::string& bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t BitwiseCrc32c(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
  }
  return ~crc;
}

std::uint32_t MaskedCrc(const std::string& bytes) {
  const std::uint32_t crc = BitwiseCrc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

std::vector<std::string> Records(const std::string& file) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < file.size();) {
    const auto length = LittleEndian<std::uint64_t>(file, at);
    EXPECT_EQ(LittleEndian<std::uint32_t>(file, at + 8), MaskedCrc(file.substr(at, 8)));
    records.push_back(file.substr(at + 12, length));
    EXPECT_EQ(LittleEndian<std::uint32_t>(file, at + 12 + length), MaskedCrc(records.back()));
    at += length + 16;
  }
  return records;
}

// Field number to raw payload.
std::map<int, std::string> Fields(const std::string& message) {
  std::map<int, std::string> fields;
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(message.at(at++));
      value |= static_cast<std::uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.size()) {
    const std::uint64_t key = varint();
    std::size_t size = 0;
    if ((key & 7) == 0) {
      fields[static_cast<int>(key >> 3)] = std::to_string(varint());
      continue;
    }
    if ((key & 7) == 1) size = 8;
    if ((key & 7) == 5) size = 4;
    if ((key & 7) == 2) size = varint();
    fields[static_cast<int>(key >> 3)] = message.substr(at, size);
    at += size;
  }
  return fields;
}

class ScalarLogTest : public testing::Test {
 protected:
  ScratchDirectory directory_;
};

TEST_F(ScalarLogTest, WritesEventsThatTheSpecificationsRead) {
  ScalarLog log(directory_ / "tensorboard");
  log.Add("train/loss", 300, 2.5);
  log.Add("validation/ndcg@10", 70000, -0.125);
  log.Flush();
  EXPECT_NE(log.path().filename().string().find("tfevents"), std::string::npos);

  const std::vector<std::string> records = Records(base::ReadFile(log.path()));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(Fields(records[0])[3], "brain.Event:2");
  auto event = Fields(records[2]);
  EXPECT_GT(LittleEndian<double>(event[1], 0), 1.7e9);
  EXPECT_EQ(event[2], "70000");
  auto value = Fields(Fields(event[5])[1]);
  EXPECT_EQ(value[1], "validation/ndcg@10");
  EXPECT_EQ(LittleEndian<float>(value[2], 0), -0.125F);
}

TEST_F(ScalarLogTest, ALaterLogIsAFileOfItsOwn) {
  const ScalarLog first(directory_.path());
  const ScalarLog second(directory_.path());
  EXPECT_NE(first.path(), second.path());
}

TEST(Crc32c, HasTheCheckValue) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283U);  // RFC 3720, B.4 and the usual check value
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAU);
}

}  // namespace
}  // namespace shortlist::train
