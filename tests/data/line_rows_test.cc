#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "data/row_formats.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TestRows ReadJson(const TemporaryFolder& folder, const std::string& text, const std::vector<std::string>& columns) {
  return ReadAll({folder.Write("a.jsonl", text).string(), SourceFormat::kJsonLines}, columns);
}

TestRows ReadSequences(const TemporaryFolder& folder, const std::string& text) {
  return ReadAll({folder.Write("a.txt", text).string(), SourceFormat::kSequences}, {"item", "user"});
}

TEST(JsonRowsTest, TurnsValuesIntoText) {
  const TemporaryFolder folder;
  const TestRows rows = ReadJson(folder,
                                 R"({"user": "u", "n": 12, "x": 1.5, "ok": true, "tags": ["a", 2], "none": null})"
                                 "\n\n"
                                 R"({"user": "caf\u00e9"})",
                                 {"user", "n", "x", "ok", "tags", "none"});
  EXPECT_THAT(rows.cells, ElementsAre(ElementsAre("u", "12", "1.5", "true", "a|2", ""),
                                      ElementsAre("caf\xC3\xA9", "", "", "", "", "")));
  EXPECT_THAT(rows.lines, ElementsAre(1, 3));
}

TEST(JsonRowsTest, LinesThatAreNoObjectAreMalformed) {
  const TemporaryFolder folder;
  const TestRows rows =
      ReadJson(folder, "{\"user\": \"u\"}\n{\"user\": \n[1]\n\"x\"\n{\"user\": \"\xFF\"}\n", {"user"});
  EXPECT_THAT(rows.cells, SizeIs(1));
  ASSERT_THAT(rows.malformed, SizeIs(4));
  EXPECT_EQ(rows.malformed[0].line, 2);
  EXPECT_THAT(rows.malformed[0].reason, HasSubstr("not one JSON object"));
}

TEST(JsonRowsTest, AKeyThatNoRowHasIsAnError) {
  const TemporaryFolder folder;
  const Error error = ErrorOf([&] { ReadJson(folder, "{\"user\": \"u\"}\n", {"user", "itme"}); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), HasSubstr("'itme'"));
}

TEST(SequenceRowsTest, GivesARowPerItem) {
  const TemporaryFolder folder;
  const TestRows rows = ReadSequences(folder, "u a b\n\n v \tc \r\n");
  EXPECT_THAT(rows.cells, ElementsAre(ElementsAre("a", "u"), ElementsAre("b", "u"), ElementsAre("c", "v")));
  EXPECT_THAT(rows.lines, ElementsAre(1, 1, 3));
}

TEST(SequenceRowsTest, AUserWithoutItemsIsMalformed) {
  const TemporaryFolder folder;
  const TestRows rows = ReadSequences(folder, "u a\nlonely\nv \n");
  EXPECT_THAT(rows.cells, SizeIs(1));
  ASSERT_THAT(rows.malformed, SizeIs(2));
  EXPECT_EQ(rows.malformed[1].line, 3);
}

TEST(SequenceRowsTest, LongLinesComeInSeveralBatches) {
  const TemporaryFolder folder;
  std::string text = "u";
  constexpr std::size_t kItems = 100'000;
  for (std::size_t i = 0; i < kItems; ++i) text += " item" + std::to_string(i);
  const TestRows rows = ReadSequences(folder, text + "\nv a\n");
  ASSERT_THAT(rows.cells, SizeIs(kItems + 1));
  EXPECT_THAT(rows.cells[kItems - 1], ElementsAre("item99999", "u"));
  EXPECT_THAT(rows.cells[kItems], ElementsAre("a", "v"));
  EXPECT_EQ(rows.lines.back(), 2);
}

TEST(SequenceRowsTest, HasNoOtherColumns) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.txt", "u a\n");
  EXPECT_THROW(OpenRows({path.string(), SourceFormat::kSequences}, {"user", "item", "time"}), Error);
}

}  // namespace
}  // namespace shortlist::data
