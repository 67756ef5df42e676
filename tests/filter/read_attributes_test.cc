#include "filter/read_attributes.h"

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::filter {
namespace {

TEST(ReadAttributesTest, ReadsNumbersTextsAndLists) {
  const features::Record record =
      ReadAttributes(R"({"price": 1.5, "category": "a", "tags": ["b", 2], "color": null, "size": 4})");
  EXPECT_EQ(record.at("price"), features::Value(1.5));
  EXPECT_EQ(record.at("category"), features::Value("a"));
  EXPECT_EQ(record.at("tags"), features::Value(std::vector<std::string>{"b", "2"}));
  EXPECT_EQ(record.at("color"), features::Value());
  EXPECT_EQ(record.at("size"), features::Value(4.0));
}

TEST(ReadAttributesTest, RefusesEverythingElse) {
  for (const char* text : {"", "[]", "{", "1", R"({"a": {"b": 1}})", R"({"a": true})"}) {
    EXPECT_THROW(ReadAttributes(text), Error) << text;
  }
}

TEST(ReadAttributesTest, ReadsWhatItWrites) {
  const features::Record record = {{"brand", "\"z\"\n"}, {"price", 1.25}, {"tags", std::vector<std::string>{"b", "2"}}};
  EXPECT_EQ(ReadAttributes(WriteAttributes(record)), record);
  EXPECT_EQ(WriteAttributes({}), "{}");
}

}  // namespace
}  // namespace shortlist::filter
