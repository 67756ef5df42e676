#include "data/record_file.h"

#include <cstring>

#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

void Write(const std::filesystem::path& path, int records, std::size_t buffer) {
  RecordWriter writer(path, 12, buffer);
  for (int i = 0; i < records; ++i) {
    const int record[3] = {i, 2 * i, -i};
    writer.Append(reinterpret_cast<const std::byte*>(record));
  }
  writer.Close();
}

TEST(RecordFileTest, ReadsBackWhatWasWrittenWithAnyBuffer) {
  const TemporaryFolder folder;
  for (const std::size_t buffer : {1U, 12U, 100U, 1U << 20}) {
    Write(folder.path() / "r", 1000, buffer);
    RecordReader reader(folder.path() / "r", 12, buffer + 5);
    for (int i = 0; i < 1000; ++i) {
      const std::byte* record = reader.Next();
      ASSERT_NE(record, nullptr);
      int values[3];
      std::memcpy(values, record, sizeof values);
      ASSERT_EQ(values[1], 2 * i);
      ASSERT_EQ(values[2], -i);
    }
    EXPECT_EQ(reader.Next(), nullptr);
    EXPECT_EQ(reader.Next(), nullptr);
  }
}

TEST(RecordFileTest, ATornFileIsAnError) {
  const TemporaryFolder folder;
  Write(folder.path() / "r", 3, 64);
  std::filesystem::resize_file(folder.path() / "r", 30);
  RecordReader reader(folder.path() / "r", 12, 1 << 10);
  EXPECT_EQ(ErrorOf([&] { reader.Next(); }).code(), Code::kDataLoss);
}

TEST(RecordFileTest, MissingFoldersAndFullDisksAreErrors) {
  EXPECT_EQ(ErrorOf([] { RecordWriter("/nonexistent/r", 12, 64); }).code(), Code::kUnavailable);
  EXPECT_EQ(ErrorOf([] { RecordReader("/nonexistent/r", 12, 64); }).code(), Code::kUnavailable);
  EXPECT_EQ(ErrorOf([] { Write("/dev/full", 10, 1); }).code(), Code::kUnavailable);
}

}  // namespace
}  // namespace shortlist::data
