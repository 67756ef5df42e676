#include "data/vocabulary_table.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

TEST(VocabularyTableTest, FindsEveryIdByBinarySearch) {
  const TemporaryFolder folder;
  std::vector<std::string> ids = {"b", "", "a\xC3\xBC", "\xF0\x9F\x98\x80", "B"};
  for (int i = 0; i < 500; ++i) ids.push_back(std::to_string(i * 7919 % 10'007));
  WriteVocabulary(folder.path() / "v.arrow", ids, {});
  const VocabularyTable table(folder.path() / "v.arrow", {});
  ASSERT_EQ(table.size(), static_cast<std::int64_t>(ids.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(table.Id(static_cast<std::int64_t>(i)), ids[i]);
    EXPECT_EQ(table.Find(ids[i]), static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(table.Find("absent"), std::nullopt);
  EXPECT_EQ(table.Find("\xFF"), std::nullopt);
}

TEST(VocabularyTableTest, KeepsTextsBesideIds) {
  const TemporaryFolder folder;
  WriteVocabulary(folder.path() / "v.arrow", {"x", "y"}, {{"title", {"Lamp", ""}}, {"attributes", {"{}", "{1}"}}});
  const VocabularyTable table(folder.path() / "v.arrow", {"attributes", "title"});
  EXPECT_EQ(table.Text(0, 1), "{1}");
  EXPECT_EQ(table.Text(1, 0), "Lamp");
  EXPECT_EQ(ErrorOf([&] { VocabularyTable(folder.path() / "v.arrow", {"price"}); }).code(), Code::kDataLoss);
}

TEST(VocabularyTableTest, TheDigestTellsIdsAndTheirOrderApart) {
  EXPECT_EQ(VocabularyDigest({"a", "b"}), base::Sha256(std::string_view("a\0b\0", 4)));
  EXPECT_NE(VocabularyDigest({"a", "b"}), VocabularyDigest({"b", "a"}));
  EXPECT_NE(VocabularyDigest({"ab"}), VocabularyDigest({"a", "b"}));
}

}  // namespace
}  // namespace shortlist::data
