#include "data/decision_file.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/event_file.h"
#include "data/fixtures.h"
#include "data/row_reader.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

DecisionRow FullRow() {
  return {.request_id = "r-1",
          .user = "ann",
          .time = 1700000000,
          .bundle_version = "v7",
          .policy = "canary",
          .reason = "history",
          .k = 3,
          .history_events = 9,
          .context = "{\"device\":\"phone\"}",
          .items = {"mug", "cup"},
          .scores = {.5F, -.25F},
          .item_reasons = {"similar", "new"},
          .probabilities = {std::nullopt, .125}};
}

TEST(DecisionFileTest, IsReadBackRowByRow) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  WriteDecisionFile(path, std::vector{FullRow(), DecisionRow{.request_id = "r-2", .time = -1}});
  int rows = 0;
  ReadDecisionFile(path, [&](const DecisionRow& row) {
    if (++rows == 2) {
      EXPECT_EQ(row.request_id, "r-2");
      EXPECT_EQ(row.user, "");
      EXPECT_EQ(row.time, -1);
      EXPECT_TRUE(row.items.empty());
      return;
    }
    const DecisionRow expected = FullRow();
    EXPECT_EQ(row.request_id, expected.request_id);
    EXPECT_EQ(row.user, expected.user);
    EXPECT_EQ(row.time, expected.time);
    EXPECT_EQ(row.bundle_version, expected.bundle_version);
    EXPECT_EQ(row.policy, expected.policy);
    EXPECT_EQ(row.reason, expected.reason);
    EXPECT_EQ(row.k, expected.k);
    EXPECT_EQ(row.history_events, expected.history_events);
    EXPECT_EQ(row.context, expected.context);
    EXPECT_EQ(row.items, expected.items);
    EXPECT_EQ(row.scores, expected.scores);
    EXPECT_EQ(row.item_reasons, expected.item_reasons);
    EXPECT_EQ(row.probabilities, expected.probabilities);
  });
  EXPECT_EQ(rows, 2);
  EXPECT_THAT(ReadDecisionUsers(path), ElementsAre("", "ann"));
}

TEST(DecisionFileTest, IsATableOfLists) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  WriteDecisionFile(path, std::vector{FullRow()});
  const auto reader = OpenRows({path.string(), SourceFormat::kParquet, ',', 0}, {"request_id", "items", "k"});
  RowBatch batch;
  ASSERT_TRUE(reader->Next(batch));
  EXPECT_EQ(batch.cells[0][0], "r-1");
  EXPECT_EQ(batch.cells[1][0], "mug|cup");
  EXPECT_EQ(batch.cells[2][0], "3");
}

TEST(DecisionFileTest, AnotherFileIsRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  WriteEventFile(path, std::vector{EventRow{.event_id = "e-1", .user = "ann"}});
  EXPECT_THROW(ReadDecisionFile(path, [](const DecisionRow&) {}), Error);
  base::WriteFileAtomically(path, "no Parquet");
  EXPECT_THROW(ReadDecisionFile(path, [](const DecisionRow&) {}), Error);
  EXPECT_THROW(ReadDecisionUsers(path), Error);
}

TEST(DecisionFileTest, ListsOfDifferentLengthsAreRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  DecisionRow row = FullRow();
  row.scores.pop_back();
  WriteDecisionFile(path, std::vector{row});
  EXPECT_THROW(ReadDecisionFile(path, [](const DecisionRow&) {}), Error);
}

}  // namespace
}  // namespace shortlist::data
