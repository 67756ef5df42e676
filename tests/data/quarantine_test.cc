#include "data/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

TEST(QuarantineTest, WritesOneObjectPerRow) {
  const TemporaryFolder folder;
  Quarantine quarantine(folder.path() / "q.jsonl");
  quarantine.Add("a.csv", 12, "time 'x\"y' is not a time");
  quarantine.Add("b\xFF.csv", 3, "user is empty");
  quarantine.Commit();
  EXPECT_THAT(folder.Lines("q.jsonl"),
              ElementsAre(R"({"file":"a.csv","line":12,"reason":"time 'x\"y' is not a time"})",
                          "{\"file\":\"b\xEF\xBF\xBD.csv\",\"line\":3,\"reason\":\"user is empty\"}"));
}

TEST(QuarantineTest, ReplacesAnEarlierFileOnlyWhenCommitted) {
  const TemporaryFolder folder;
  folder.Write("q.jsonl", "old\n");
  {
    Quarantine abandoned(folder.path() / "q.jsonl");
    abandoned.Add("a.csv", 1, "x");
  }
  EXPECT_THAT(folder.Lines("q.jsonl"), ElementsAre("old"));
  Quarantine(folder.path() / "q.jsonl").Commit();
  EXPECT_THAT(folder.Lines("q.jsonl"), ElementsAre());
}

}  // namespace
}  // namespace shortlist::data
