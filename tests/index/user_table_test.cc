#include "index/user_table.h"

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
using ::testing::IsEmpty;

class UserTableTest : public ::testing::Test {
 protected:
  void Write() const { WriteUsers({ids_, offsets_, items_, times_}, 10, path_); }

  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "users.safetensors";
  std::vector<std::string> ids_ = {"u", "v", "w"};
  std::vector<std::int64_t> offsets_ = {0, 2, 2, 3};
  std::vector<std::int32_t> items_ = {9, 0, 4};
  std::vector<std::int64_t> times_ = {100, 200, 50};
};

TEST_F(UserTableTest, ReadsWhatWasWritten) {
  Write();
  const UserTable users = UserTable::Open(path_, 3, 10);
  EXPECT_EQ(users.Id(2), "w");
  EXPECT_EQ(users.Find("v"), 1);
  EXPECT_EQ(users.Find("x"), -1);
  EXPECT_THAT(users.HistoryItems(0), ElementsAre(9, 0));
  EXPECT_THAT(users.HistoryTimes(0), ElementsAre(100, 200));
  EXPECT_THAT(users.HistoryItems(1), IsEmpty());
  EXPECT_THAT(users.HistoryTimes(2), ElementsAre(50));
}

TEST_F(UserTableTest, NoUsersAreATableToo) {
  WriteUsers({{}, {0}, {}, {}}, 10, path_);
  EXPECT_EQ(UserTable::Open(path_, 0, 10).Find("u"), -1);
}

TEST_F(UserTableTest, WritesNothingThatDoesNotFit) {
  const auto refused = [&] {
    EXPECT_THROW(Write(), Error);
    EXPECT_FALSE(std::filesystem::exists(path_));
  };
  offsets_.back() = 4;
  refused();
  offsets_ = {0, 3};
  refused();
  offsets_ = {0, 2, 2, 3};
  items_[0] = 10;
  refused();
  items_[0] = 9;
  times_.pop_back();
  refused();
  times_.push_back(1);
  ids_[2] = "u";
  refused();
}

TEST_F(UserTableTest, RefusalsNameTheFile) {
  Write();
  for (const auto& [count, items] : {std::pair{4, 10}, {2, 10}, {3, 9}}) {
    try {
      UserTable::Open(path_, count, items);
      ADD_FAILURE() << "a table that does not fit was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
    }
  }
}

}  // namespace
}  // namespace shortlist::index
