#include "index/item_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ItemTableTest : public ::testing::Test {
 protected:
  void Write() const { WriteItems({ids_, titles_, attributes_, popular_}, path_); }

  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "items.safetensors";
  std::vector<std::string> ids_ = {"a", "b"};
  std::vector<std::string> titles_ = {"Apple", ""};
  std::vector<std::string> attributes_ = {"{}", "{\"price\":1}"};
  std::vector<std::int32_t> popular_ = {1, 0};
};

TEST_F(ItemTableTest, ReadsWhatWasWritten) {
  Write();
  const ItemTable items = ItemTable::Open(path_, 2);
  EXPECT_EQ(items.Id(1), "b");
  EXPECT_EQ(items.Title(0), "Apple");
  EXPECT_EQ(items.Title(1), "");
  EXPECT_EQ(items.AttributesJson(1), "{\"price\":1}");
  EXPECT_EQ(items.Find("b"), 1);
  EXPECT_EQ(items.Find("c"), -1);
  EXPECT_THAT(items.popular(), ElementsAre(1, 0));
}

TEST_F(ItemTableTest, ViewsSurviveAMove) {
  Write();
  ItemTable items = ItemTable::Open(path_, 2);
  const std::string_view id = items.Id(0);
  const ItemTable moved = std::move(items);
  EXPECT_EQ(id, "a");
  EXPECT_EQ(moved.Find("a"), 0);
}

TEST_F(ItemTableTest, WritesNothingThatDoesNotFit) {
  titles_.pop_back();
  EXPECT_THROW(Write(), Error);
  titles_.emplace_back("x");
  attributes_.emplace_back("{}");
  EXPECT_THROW(Write(), Error);
  attributes_.pop_back();
  popular_ = {2};
  EXPECT_THROW(Write(), Error);
  popular_ = {};
  ids_ = {"a", "a"};
  EXPECT_THROW(Write(), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ItemTableTest, RefusalsNameTheFile) {
  Write();
  try {
    ItemTable::Open(path_, 3);
    ADD_FAILURE() << "a table of another size was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    EXPECT_THAT(error.what(), HasSubstr(path_.string()));
  }
}

}  // namespace
}  // namespace shortlist::index
