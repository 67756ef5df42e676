#include "profile/event_lake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

TEST(EventLakeTest, PartsEventsFromConsentsAndNamesFilesByTheirFirst) {
  const ScratchDirectory scratch;
  std::filesystem::path written;
  std::vector<Event> events;
  const EventLake lake(scratch.path(), [&](const auto& path, std::span<const Event> given) {
    written = path;
    events.assign(given.begin(), given.end());
  });
  lake.Write(12, std::vector<LoggedEntry>{{12, 1, MadeEvent("a", "ann", "mug", 1)},
                                          {13, 1, MadeConsent("ann", Bit(Purpose::kTraining) | 1, 5)},
                                          {14, 1, MadeEvent("b", "bob", "mug", 1)},
                                          {15, 1, MadeConsent("bob", 0, 6)}});
  EXPECT_EQ(written, scratch / "events/00000000000000000012.parquet");
  EXPECT_THAT(events, ElementsAre(Field(&Event::id, "a"), Field(&Event::id, "b")));
  EXPECT_EQ(base::ReadFile(scratch / "consents/00000000000000000012.jsonl"),
            R"({"user":"ann","purposes":"personalization|training","version":"1","source":"banner","time":5})"
            "\n"
            R"({"user":"bob","purposes":"","version":"1","source":"banner","time":6})"
            "\n");
}

TEST(EventLakeTest, RemovesWhatAKilledWriterLeft) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "events");
  base::WriteFileAtomically(scratch / "events/00000000000000000001.parquet", "whole");
  base::WriteFileAtomically(scratch / "events/00000000000000000007.parquet.tmp.12.3", "in part");
  const EventLake lake(scratch.path(), WriteMadeFile);
  EXPECT_TRUE(std::filesystem::exists(scratch / "events/00000000000000000001.parquet"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "events/00000000000000000007.parquet.tmp.12.3"));
}

TEST(EventLakeTest, ASegmentWithoutEventsTakesTheirFileAway) {
  const ScratchDirectory scratch;
  const EventLake lake(scratch.path(), WriteMadeFile);
  lake.Write(3, std::vector<LoggedEntry>{{3, 1, MadeEvent("a", "ann", "mug", 1)}});
  EXPECT_TRUE(std::filesystem::exists(scratch / "events/00000000000000000003.parquet"));
  lake.Write(3, std::vector<LoggedEntry>{{4, 1, MadeConsent("ann", 0, 5)}});
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "events"));
}

TEST(EventLakeTest, WritesNoEmptyFiles) {
  const ScratchDirectory scratch;
  const EventLake lake(scratch.path(), [](const auto&, auto) { FAIL(); });
  lake.Write(1, {});
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "consents"));
}

}  // namespace
}  // namespace shortlist::profile
