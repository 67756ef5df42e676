#include "data/event_file.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/fixtures.h"
#include "data/row_reader.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(EventFileTest, IsReadBackAsTheRowsOfASource) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  const std::vector<EventRow> rows{{.event_id = "e-1",
                                    .user = "ann",
                                    .item = "mug",
                                    .time = 1700000000,
                                    .event_type = "purchase",
                                    .quantity = 2,
                                    .price = 8.5,
                                    .device = "phone",
                                    .request_id = "r-1"},
                                   {.event_id = "e-2", .user = "bob", .event_type = "search", .query = "mugs"}};
  WriteEventFile(path, rows);
  const auto reader = OpenRows({path.string(), SourceFormat::kParquet, ',', 0},
                               {"event_id", "user", "item", "time", "event_type", "quantity", "price", "dwell_seconds",
                                "query", "device", "channel", "locale", "request_id"});
  RowBatch batch;
  ASSERT_TRUE(reader->Next(batch));
  ASSERT_EQ(batch.rows(), 2);
  std::vector<std::string> cells;
  for (const auto& column : batch.cells) cells.emplace_back(column[0]);
  EXPECT_THAT(cells,
              ElementsAre("e-1", "ann", "mug", "1700000000", "purchase", "2", "8.5", "", "", "phone", "", "", "r-1"));
  EXPECT_EQ(batch.cells[2][1], "");
  EXPECT_EQ(batch.cells[8][1], "mugs");
}

TEST(EventFileTest, IsReadBackRowByRow) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  const std::vector<EventRow> rows{{.event_id = "e-1",
                                    .user = "ann",
                                    .item = "mug",
                                    .time = 7,
                                    .event_type = "dwell",
                                    .price = 0.1,
                                    .dwell_seconds = 1e300},
                                   {.event_id = "e-2",
                                    .user = "bob",
                                    .time = -1,
                                    .event_type = "search",
                                    .query = "mugs",
                                    .locale = "de",
                                    .request_id = "r-2"},
                                   {.event_id = "e-3", .user = "ann", .item = "cup", .event_type = "view"}};
  WriteEventFile(path, rows);
  std::vector<std::string> texts;
  std::vector<double> numbers;
  ReadEventFile(path, [&](const EventRow& row) {
    for (const auto text : {row.event_id, row.user, row.item, row.event_type, row.query, row.locale, row.request_id})
      texts.emplace_back(text);
    for (const auto number : {static_cast<double>(row.time), row.price, row.dwell_seconds}) numbers.push_back(number);
  });
  EXPECT_THAT(texts, ElementsAre("e-1", "ann", "mug", "dwell", "", "", "", "e-2", "bob", "", "search", "mugs", "de",
                                 "r-2", "e-3", "ann", "cup", "view", "", "", ""));
  EXPECT_THAT(numbers, ElementsAre(7, 0.1, 1e300, -1, 0, 0, 0, 0, 0));
  EXPECT_THAT(ReadEventUsers(path), ElementsAre("ann", "bob"));
  EXPECT_THAT(ReadOldestEvents(path), ElementsAre(Pair("dwell", 7), Pair("search", -1), Pair("view", 0)));
}

TEST(EventFileTest, AnotherFileIsRefused) {
  const TemporaryFolder folder;
  base::WriteFileAtomically(folder.path() / "1.parquet", "no Parquet");
  EXPECT_THROW(ReadEventFile(folder.path() / "1.parquet", [](const EventRow&) {}), Error);
  EXPECT_THROW(ReadEventUsers(folder.path() / "1.parquet"), Error);
}

TEST(EventFileTest, SaysWhereItCannotBeMade) {
  const TemporaryFolder folder;
  EXPECT_THROW(WriteEventFile(folder.path() / "missing" / "1.parquet", {}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace shortlist::data
