#include "data/input_stream.h"

#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

std::vector<std::string> LinesOf(const std::filesystem::path& path) {
  LineReader reader(SourceFile{path.string()});
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.Next(line)) lines.emplace_back(line);
  EXPECT_EQ(reader.line_number(), static_cast<std::int64_t>(lines.size()));
  return lines;
}

TEST(LineReaderTest, SplitsAtEitherKindOfLineEnd) {
  const TemporaryFolder folder;
  using Lines = std::vector<std::string>;
  EXPECT_EQ(LinesOf(folder.Write("a", "one\r\n\ntwo\n")), (Lines{"one", "", "two"}));
  EXPECT_EQ(LinesOf(folder.Write("b", "no end")), Lines{"no end"});
  EXPECT_EQ(LinesOf(folder.Write("c", "")), Lines{});
}

TEST(LineReaderTest, ReadsLinesLongerThanItsBuffer) {
  const TemporaryFolder folder;
  const std::string line(1'500'000, 'x');
  EXPECT_EQ(LinesOf(folder.Write("a", line + "\n" + line + "y\n")), (std::vector<std::string>{line, line + "y"}));
}

TEST(LineReaderTest, DecompressesByTheEnding) {
  const TemporaryFolder folder;
  // Made by: printf 'one\ntwo\n' | gzip -9n
  constexpr unsigned char kGzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
                                     0xcb, 0xcf, 0x4b, 0xe5, 0x2a, 0x29, 0xcf, 0xe7, 0x02, 0x00,
                                     0xe6, 0x0b, 0xba, 0x12, 0x08, 0x00, 0x00, 0x00};
  const std::string gzip(reinterpret_cast<const char*>(kGzip), sizeof kGzip);
  EXPECT_EQ(LinesOf(folder.Write("a.gz", gzip)), (std::vector<std::string>{"one", "two"}));
}

TEST(LineReaderTest, ATornStreamIsAnErrorNamingTheFile) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.zst", "not compressed");
  EXPECT_NE(std::string(ErrorOf([&] { LinesOf(path); }).what()).find("a.zst"), std::string::npos);
}

}  // namespace
}  // namespace shortlist::data
