#include "data/joined_file.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "data/row_reader.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

TEST(JoinedFileTest, HasARowForEachItem) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  const DecisionRow decision{.request_id = "r-1",
                             .time = 7,
                             .bundle_version = "v1",
                             .policy = "stable",
                             .reason = "history",
                             .k = 5,
                             .history_events = 2,
                             .context = "{}",
                             .items = {"mug", "cup"},
                             .scores = {.5F, .25F},
                             .item_reasons = {"similar", "new"},
                             .probabilities = {std::nullopt, .5}};
  {
    JoinedFile file(path);
    file.Append(decision, 0, {});
    file.Append(decision, 1, {.clicked = true, .bought = true, .reward = 4, .delay_seconds = 9});
    EXPECT_FALSE(std::filesystem::exists(path));
    file.Commit();
  }
  const auto reader = OpenRows({path.string(), SourceFormat::kParquet, ',', 0},
                               {"request_id", "user", "time", "answer_reason", "position", "item", "score", "reason",
                                "probability", "clicked", "carted", "bought", "reward", "delay_seconds"});
  RowBatch batch;
  ASSERT_TRUE(reader->Next(batch));
  ASSERT_EQ(batch.rows(), 2);
  const auto row = [&](std::size_t place) {
    std::vector<std::string> cells;
    for (const auto& column : batch.cells) cells.emplace_back(column[place]);
    return cells;
  };
  EXPECT_THAT(row(0), ElementsAre("r-1", "", "7", "history", "1", "mug", "0.5", "similar", "", "false", "false",
                                  "false", "0", ""));
  EXPECT_THAT(row(1), ElementsAre("r-1", "", "7", "history", "2", "cup", "0.25", "new", "0.5", "true", "false", "true",
                                  "4", "9"));
}

TEST(JoinedFileTest, WithoutCommitNothingIsLeft) {
  const TemporaryFolder folder;
  { const JoinedFile file(folder.path() / "1.parquet"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace shortlist::data
