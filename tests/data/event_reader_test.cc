#include "data/event_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_schema.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class EventReaderTest : public ::testing::Test {
 protected:
  EventReaderTest()
      : quarantine_(folder_.path() / "quarantine.jsonl"),
        schema_(MakeEventSchema(Source().columns, {})),
        parser_(Source(), nullptr, schema_),
        reader_(parser_, schema_, vocabularies_, quarantine_) {}

  static EventSource Source() {
    EventSource source;
    source.columns.time = "time";
    source.rules = {{"not_x", "item", RuleOperator::kNotEquals, {"x"}}};
    return source;
  }
  SourceFile Write(const std::string& name, const std::string& rows) {
    return {folder_.Write(name, "user,item,time\n" + rows).string(), SourceFormat::kCsv, ',', 0};
  }
  void Read(const std::vector<SourceFile>& files, Origin origin = Origin::kEvents) {
    base::Progress progress("test", 0, "bytes");
    reader_.Read(files, origin, progress, [&](const std::byte* record) { events_.push_back(HeaderOf(record)); });
  }

  TemporaryFolder folder_;
  Quarantine quarantine_;
  EventSchema schema_;
  EventParser parser_;
  Vocabularies vocabularies_;
  EventReader reader_;
  std::vector<EventHeader> events_;
};

TEST_F(EventReaderTest, NumbersUsersItemsAndEventsInInputOrder) {
  Read({Write("a.csv", "v,b,5\nu,a,6\n"), Write("b.csv", "v,a,7\n")});
  Read({Write("t.csv", "w,b,8\n")}, Origin::kTestFiles);
  ASSERT_EQ(events_.size(), 4U);
  EXPECT_EQ(vocabularies_.users.Text(0), "v");
  EXPECT_EQ(vocabularies_.users.Text(2), "w");
  EXPECT_EQ(events_[2].user, 0U);
  EXPECT_EQ(events_[2].item, 1U);
  EXPECT_EQ(events_[2].time, 7);
  EXPECT_EQ(events_[2].sequence, 2U);
  EXPECT_EQ(events_[2].origin, Origin::kEvents);
  EXPECT_EQ(events_[3].origin, Origin::kTestFiles);
  EXPECT_EQ(events_[3].sequence, 3U);
}

TEST_F(EventReaderTest, AccountsForEveryRow) {
  Read({Write("a.csv", "u,a,1\nu,x,never\nu,x,1\nu,a,never\nu,a\n,a,1\n")});
  EXPECT_EQ(reader_.report().read, 6);
  EXPECT_EQ(reader_.report().quarantined, 3);
  EXPECT_THAT(reader_.filtered(), ElementsAre(Pair("not_x", 2)));
  EXPECT_EQ(events_.size(), 1U);
  EXPECT_EQ(vocabularies_.items.Find("x"), IdTable::kNone);
}

TEST_F(EventReaderTest, QuarantineNamesFileLineAndReason) {
  Read({Write("a.csv", "u,a,1\nu,a,never\nu\n")});
  quarantine_.Commit();
  const auto lines = folder_.Lines("quarantine.jsonl");
  ASSERT_EQ(lines.size(), 2U);
  const std::string both = lines[0] + lines[1];
  EXPECT_THAT(both, HasSubstr("a.csv\",\"line\":3,\"reason\":\"time 'never' is not a time\""));
  EXPECT_THAT(both, HasSubstr("\"line\":4,\"reason\":\"has 1 columns instead of 3\""));
}

TEST_F(EventReaderTest, ChecksColumnsWithoutReading) {
  const SourceFile good = Write("a.csv", "u,a,1\n");
  const auto path = folder_.Write("b.csv", "user,item\nu,a\n");
  reader_.CheckColumns({good});
  EXPECT_THAT(ErrorOf([&] {
                reader_.CheckColumns({good, {path.string(), SourceFormat::kCsv}});
              }).what(),
              HasSubstr("'time'"));
  EXPECT_EQ(reader_.report().read, 0);
}

}  // namespace
}  // namespace shortlist::data
