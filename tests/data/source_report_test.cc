#include "data/source_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SourceReportTest, AllowsUpToTheGivenShare) {
  const TemporaryFolder folder;
  Quarantine quarantine(folder.path() / "q.jsonl");
  SourceReport{"events", 100, 1}.CheckBadFraction(0.01, quarantine);
  SourceReport{"events", 0, 0}.CheckBadFraction(0, quarantine);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "q.jsonl"));
}

TEST(SourceReportTest, FailsAboveItAndLeavesTheQuarantineForInspection) {
  const TemporaryFolder folder;
  Quarantine quarantine(folder.path() / "q.jsonl");
  SourceReport report{"events", 100, 1};
  report.Refuse({"a.csv"}, {7, "is odd"}, quarantine);
  const Error error = ErrorOf([&] { report.CheckBadFraction(0.01, quarantine); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("2 of 100 rows"), HasSubstr("data.max_bad_fraction"), HasSubstr("q.jsonl")));
  EXPECT_EQ(folder.Lines("q.jsonl").size(), 1U);
}

}  // namespace
}  // namespace shortlist::data
