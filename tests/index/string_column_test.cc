#include "index/string_column.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "index/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

class StringColumnTest : public ::testing::Test {
 protected:
  base::SafetensorsReader Stored(const std::vector<std::string>& texts) const {
    base::SafetensorsWriter writer;
    writer.AddStrings("names", texts);
    writer.Write(folder_.path() / "texts.safetensors");
    return base::SafetensorsReader(folder_.path() / "texts.safetensors");
  }

  base::SafetensorsReader StoredRaw(const std::string& bytes, const std::vector<std::int64_t>& offsets) const {
    base::SafetensorsWriter writer;
    const std::vector<std::uint8_t> raw(bytes.begin(), bytes.end());
    writer.Add("names.bytes", {static_cast<std::int64_t>(raw.size())}, std::span(raw));
    writer.Add("names.offsets", {static_cast<std::int64_t>(offsets.size())}, std::span(offsets));
    writer.Write(folder_.path() / "texts.safetensors");
    return base::SafetensorsReader(folder_.path() / "texts.safetensors");
  }

  const ScratchFolder folder_;
};

TEST_F(StringColumnTest, ReadsTextsInPlace) {
  const auto file = Stored({"one", "", "drei ä", std::string("a\0b", 3)});
  const StringColumn column(file, "names", 4);
  EXPECT_EQ(column.size(), 4);
  EXPECT_EQ(column[0], "one");
  EXPECT_EQ(column[1], "");
  EXPECT_EQ(column[2], "drei ä");
  EXPECT_EQ(column[3], std::string_view("a\0b", 3));
}

TEST_F(StringColumnTest, RefusesAnotherCountOrAMissingColumn) {
  const auto file = Stored({"one", "two"});
  EXPECT_THROW(StringColumn(file, "names", 3), Error);
  EXPECT_THROW(StringColumn(file, "names", 1), Error);
  EXPECT_THROW(StringColumn(file, "titles", 2), Error);
  EXPECT_EQ(StringColumn(Stored({}), "names", 0).size(), 0);
}

TEST_F(StringColumnTest, RefusesOffsetsThatDoNotCoverTheBytesInOrder) {
  EXPECT_NO_THROW(StringColumn(StoredRaw("abc", {0, 1, 3}), "names", 2));
  EXPECT_THROW(StringColumn(StoredRaw("abc", {0, 4, 3}), "names", 2), Error);
  EXPECT_THROW(StringColumn(StoredRaw("abc", {1, 2, 3}), "names", 2), Error);
  EXPECT_THROW(StringColumn(StoredRaw("abc", {0, 1, 2}), "names", 2), Error);
  EXPECT_THROW(StringColumn(StoredRaw("abc", {0, -1, 3}), "names", 2), Error);
  EXPECT_THROW(StringColumn(StoredRaw("", {}), "names", -1), Error);
}

TEST_F(StringColumnTest, FindsRowsById) {
  const auto file = Stored({"b", "a", ""});
  const IdColumn ids(file, "names", 3);
  EXPECT_EQ(ids[1], "a");
  EXPECT_EQ(ids.Find("b"), 0);
  EXPECT_EQ(ids.Find("a"), 1);
  EXPECT_EQ(ids.Find(""), 2);
  EXPECT_EQ(ids.Find("c"), -1);
  EXPECT_THROW(IdColumn(Stored({"b", "a", "b"}), "names", 3), Error);
}

}  // namespace
}  // namespace shortlist::index
