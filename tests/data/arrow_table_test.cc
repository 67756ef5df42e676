#include "data/arrow_table.h"

#include <arrow/array/array_nested.h>
#include <arrow/array/array_primitive.h>
#include <arrow/buffer.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::int32_t> kNumbers = {4, 5, 6};

std::shared_ptr<arrow::Array> Numbers() {
  return std::make_shared<arrow::Int32Array>(3, arrow::Buffer::Wrap(kNumbers));
}

std::shared_ptr<arrow::Array> Lists(const std::vector<std::int64_t>& offsets) {
  const auto type = arrow::large_list(arrow::field("item", arrow::int32(), false));
  return std::make_shared<arrow::LargeListArray>(type, static_cast<std::int64_t>(offsets.size()) - 1,
                                                 arrow::Buffer::Wrap(offsets), Numbers());
}

TEST(ArrowTableTest, MapsWhatWasWritten) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t.arrow";
  WriteArrowTable(path, 3, {{"number", Numbers()}});
  const auto table = MapArrowTable(path);
  EXPECT_THAT(Int32Values(*ArrowColumnOf(*table, "number", path), path), ElementsAre(4, 5, 6));
  const auto address = reinterpret_cast<std::uintptr_t>(Int32Values(*table->column(0), path).data());
  EXPECT_EQ(address % alignof(std::int64_t), 0U);
}

TEST(ArrowTableTest, MissingOrMistypedColumnsAreDataLossNamingTheFile) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t.arrow";
  WriteArrowTable(path, 3, {{"number", Numbers()}});
  const auto table = MapArrowTable(path);
  const Error missing = ErrorOf([&] { ArrowColumnOf(*table, "other", path); });
  EXPECT_EQ(missing.code(), Code::kDataLoss);
  EXPECT_THAT(missing.what(), AllOf(HasSubstr("t.arrow"), HasSubstr("'other'")));
  EXPECT_EQ(ErrorOf([&] { FloatValues(*table->column(0), path); }).code(), Code::kDataLoss);
  EXPECT_EQ(ErrorOf([&] { ListValues(*table->column(0), path); }).code(), Code::kDataLoss);
}

TEST(ArrowTableTest, ListOffsetsMustRiseToTheNumberOfValues) {
  EXPECT_THAT(ListValues(*Lists({0, 1, 1, 3}), "x").offsets, ElementsAre(0, 1, 1, 3));
  for (const std::vector<std::int64_t>& offsets :
       {std::vector<std::int64_t>{0, 2, 1, 3}, std::vector<std::int64_t>{0, 2}, std::vector<std::int64_t>{1, 3}}) {
    EXPECT_EQ(ErrorOf([&] { ListValues(*Lists(offsets), "x"); }).code(), Code::kDataLoss);
  }
}

TEST(ArrowTableTest, WhatIsNoArrowFileIsDataLoss) {
  const TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { MapArrowTable(folder.Write("t.arrow", "no table")); }).what(), HasSubstr("t.arrow"));
  EXPECT_EQ(ErrorOf([&] { MapArrowTable(folder.path() / "absent"); }).code(), Code::kDataLoss);
}

TEST(ArrowTableTest, AFullDiskIsAnError) {
  EXPECT_EQ(ErrorOf([] { WriteArrowTable("/dev/full", 3, {{"number", Numbers()}}); }).code(), Code::kUnavailable);
}

}  // namespace
}  // namespace shortlist::data
