#include "base/safetensors.h"

#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SafetensorsTest : public ::testing::Test {
 protected:
  // A file with the header as given and `data_bytes` zeros behind it.
  void WriteRaw(std::string header, std::size_t data_bytes) const {
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = header.size();
    std::string bytes(sizeof(length), '\0');
    std::memcpy(bytes.data(), &length, sizeof(length));
    WriteFileAtomically(path_, bytes + header + std::string(data_bytes, '\0'));
  }

  std::string Refusal() const {
    try {
      const SafetensorsReader reader(path_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
      return error.what();
    }
    return "accepted";
  }

  void WriteSample() const {
    SafetensorsWriter writer;
    writer.Add("bytes", {3}, std::span<const std::uint8_t>(bytes_));
    writer.Add("floats", {2, 2}, std::span<const float>(floats_));
    writer.Add("doubles", {1}, std::span<const double>(doubles_));
    writer.Add("ints", {3}, std::span<const std::int32_t>(ints_));
    writer.Add("longs", {0, 5}, std::span<const std::int64_t>());
    writer.AddStrings("names", names_);
    writer.SetMetadata("format", "1");
    writer.Write(path_);
  }

  ScratchDirectory scratch_;
  std::filesystem::path path_ = scratch_ / "a.safetensors";
  std::vector<std::uint8_t> bytes_ = {1, 2, 255};
  std::vector<float> floats_ = {1, -2, 3.5F, 0};
  std::vector<double> doubles_ = {1e300};
  std::vector<std::int32_t> ints_ = {-1, 0, 7};
  std::vector<std::string> names_ = {"", "a\"b", "\xC3\xA9"};
};

TEST_F(SafetensorsTest, ReadsWhatItWrote) {
  WriteSample();
  const SafetensorsReader reader(path_);
  EXPECT_THAT(reader.Uint8("bytes"), ElementsAre(1, 2, 255));
  EXPECT_THAT(reader.Float32("floats"), ElementsAre(1, -2, 3.5F, 0));
  EXPECT_THAT(reader.Shape("floats"), ElementsAre(2, 2));
  EXPECT_THAT(reader.Float64("doubles"), ElementsAre(1e300));
  EXPECT_THAT(reader.Int32("ints"), ElementsAre(-1, 0, 7));
  EXPECT_THAT(reader.Int64("longs"), IsEmpty());
  EXPECT_THAT(reader.Shape("longs"), ElementsAre(0, 5));
  EXPECT_EQ(reader.Strings("names"), names_);
  EXPECT_EQ(reader.metadata().at("format"), "1");
  EXPECT_TRUE(reader.Has("ints"));
  EXPECT_FALSE(reader.Has("int"));
}

TEST_F(SafetensorsTest, ACopyInMemoryOutlivesItsFile) {
  WriteSample();
  const SafetensorsReader reader = SafetensorsReader::InMemory(path_);
  std::filesystem::resize_file(path_, 0);
  EXPECT_THAT(reader.Float32("floats"), ElementsAre(1, -2, 3.5F, 0));
  EXPECT_EQ(reader.Strings("names"), names_);
}

TEST_F(SafetensorsTest, AnEmptyFileOfArraysIsSound) {
  SafetensorsWriter().Write(path_);
  EXPECT_THAT(SafetensorsReader(path_).Names(), IsEmpty());
}

TEST_F(SafetensorsTest, TheSameArraysGiveTheSameBytes) {
  WriteSample();
  const std::string first = ReadFile(path_);
  WriteSample();
  EXPECT_EQ(ReadFile(path_), first);
}

TEST_F(SafetensorsTest, AShapeMustGiveTheNumberOfValues) {
  SafetensorsWriter writer;
  EXPECT_THROW(writer.Add("a", {3}, std::span<const float>(floats_)), Error);
  EXPECT_THROW(writer.Add("a", {-2, -2}, std::span<const float>(floats_)), Error);
}

TEST_F(SafetensorsTest, AMissingOrMistypedArrayIsNamed) {
  WriteSample();
  const SafetensorsReader reader(path_);
  try {
    reader.Float32("absent");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    EXPECT_THAT(error.what(), HasSubstr("has no array 'absent'"));
  }
  try {
    reader.Float32("ints");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("array 'ints'"));
    EXPECT_THAT(error.what(), HasSubstr("is I32, not F32"));
  }
}

TEST_F(SafetensorsTest, HeadersThatLieAreRefused) {
  const auto refuse = [this](const std::string& header, std::size_t data_bytes) {
    WriteRaw(header, data_bytes);
    return Refusal();
  };
  EXPECT_EQ(refuse(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8), "accepted");
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7), HasSubstr("offsets"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 9), HasSubstr("behind its last"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8), HasSubstr("offsets"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8), HasSubstr("offsets"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}})", 8), HasSubstr("whole numbers"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,8]}})", 8), HasSubstr("whole numbers"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), HasSubstr("whole numbers"));
  EXPECT_THAT(
      refuse(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}})", 8),
      HasSubstr("offsets"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", 8), HasSubstr("unsupported type"));
  EXPECT_THAT(refuse(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8), HasSubstr("lacks a type"));
  EXPECT_THAT(refuse(R"({"a":3})", 8), HasSubstr("lacks a type"));
  EXPECT_THAT(refuse(R"([1])", 0), HasSubstr("not a JSON object"));
  EXPECT_THAT(refuse(R"({"__metadata__":{"a":1}})", 0), HasSubstr("metadata"));
  EXPECT_THAT(refuse(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                     R"("b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
                     7),
              HasSubstr("overlap"));
}

TEST_F(SafetensorsTest, AHeaderThatIsLongerThanTheFileIsRefused) {
  WriteFileAtomically(path_, std::string(8, '\xFF'));
  EXPECT_THAT(Refusal(), HasSubstr("header does not fit"));
  WriteFileAtomically(path_, "short");
  EXPECT_THAT(Refusal(), HasSubstr("shorter than its header"));
}

TEST_F(SafetensorsTest, StringsWithOffsetsOutOfOrderAreRefused) {
  const std::vector<std::uint8_t> text = {'a', 'b'};
  const std::vector<std::int64_t> offsets = {0, 3, 2};
  SafetensorsWriter writer;
  writer.Add("names.bytes", {2}, std::span<const std::uint8_t>(text));
  writer.Add("names.offsets", {3}, std::span<const std::int64_t>(offsets));
  writer.Write(path_);
  EXPECT_THROW(SafetensorsReader(path_).Strings("names"), Error);
}

// Damage leads to an Error or to arrays inside the file, never to anything else.
TEST_F(SafetensorsTest, DamagedFilesAreErrorsOrStayInsideTheFile) {
  WriteSample();
  const std::string sound = ReadFile(path_);
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::string bytes = sound;
    for (int edit = 0; edit < 2; ++edit) bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    if (round % 4 == 0) bytes.resize(random() % bytes.size());
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      const SafetensorsReader reader(path_);
      for (const float value : reader.Float32("floats")) std::ignore = value;
      for (const std::int32_t value : reader.Int32("ints")) std::ignore = value;
      reader.Strings("names");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
    }
  }
}

}  // namespace
}  // namespace shortlist::base
