#include "data/part_writer.h"

#include <arrow/array/array_base.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/arrow_table.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

TEST(PartWriterTest, WritesAListOfEventsPerUser) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "train.arrow";
  PartWriter writer(path, folder.path(), {true, true, false, true, {"device"}, 2});
  writer.Append(1, {7, 100, 2.5F, 1, 3, 0, 1}, std::vector<std::int32_t>{4}, std::vector<float>{0.5F, 1});
  writer.Append(1, {8, 200, 1, 0, 4, 0, 0}, std::vector<std::int32_t>{5}, std::vector<float>{2, 3});
  writer.Append(3, {9, 50, 1, 2, 5, 0, 1}, std::vector<std::int32_t>{6}, std::vector<float>{4, 5});
  writer.Finish(5);
  EXPECT_EQ(writer.events(), 3);

  const auto table = MapArrowTable(path);
  EXPECT_EQ(table->num_rows(), 5);
  const ListView events = ListValues(*ArrowColumnOf(*table, "events", path), path);
  EXPECT_THAT(events.offsets, ElementsAre(0, 0, 2, 2, 3, 3));
  const auto field = [&](const char* name) { return ArrowFieldOf(*events.values, name, path); };
  EXPECT_THAT(Int32Values(*field("item"), path), ElementsAre(7, 8, 9));
  EXPECT_THAT(Int64Values(*field("time"), path), ElementsAre(100, 200, 50));
  EXPECT_THAT(FloatValues(*field("weight"), path), ElementsAre(2.5F, 1, 1));
  EXPECT_THAT(Int32Values(*field("event_type"), path), ElementsAre(1, 0, 2));
  EXPECT_THAT(FloatValues(*field("quantity"), path), ElementsAre(3, 4, 5));
  EXPECT_THAT(Int32Values(*field("from_answer"), path), ElementsAre(1, 0, 1));
  EXPECT_THAT(Int32Values(*field("context.device"), path), ElementsAre(4, 5, 6));
  EXPECT_THAT(MatrixValues(*field("context_dense"), 2, path), ElementsAre(0.5F, 1, 2, 3, 4, 5));
  EXPECT_EQ(ErrorOf([&] { field("price"); }).code(), Code::kDataLoss);
}

TEST(PartWriterTest, APartMayBeEmpty) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "test.arrow";
  PartWriter writer(path, folder.path(), {});
  writer.Finish(2);
  const auto table = MapArrowTable(path);
  const ListView events = ListValues(*ArrowColumnOf(*table, "events", path), path);
  EXPECT_THAT(events.offsets, ElementsAre(0, 0, 0));
  EXPECT_EQ(events.values->length(), 0);
}

TEST(PartWriterTest, AMissingScratchFolderIsAnError) {
  EXPECT_EQ(ErrorOf([] { PartWriter("x.arrow", "/nonexistent", {}); }).code(), Code::kUnavailable);
}

}  // namespace
}  // namespace shortlist::data
