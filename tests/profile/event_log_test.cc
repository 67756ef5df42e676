#include "profile/event_log.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_size_limit.h"
#include "base/scratch_directory.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventLogTest : public ::testing::Test {
 protected:
  static void Append(EventLog& log, const std::vector<std::string>& ids) {
    std::vector<Entry> entries;
    for (const std::string& id : ids) entries.emplace_back(MadeEvent(id, "ann", "mug", 7));
    log.Append(entries, 99);
  }

  std::vector<std::string> Ids(std::uint64_t from = 1) const { return IdsIn(EventLog(folder_), from); }

  static std::vector<std::string> IdsIn(const EventLog& log, std::uint64_t from) {
    std::vector<std::string> ids;
    std::uint64_t sequence = from;
    log.Replay(from, [&](const LoggedEntry& logged) {
      EXPECT_EQ(logged.sequence, sequence++);
      EXPECT_EQ(logged.received, 99);
      ids.push_back(std::get<Event>(logged.entry).id);
    });
    return ids;
  }

  void Write(const std::string& contents) const { std::ofstream(path_, std::ios::binary) << contents; }

  std::string ProblemOfOpening() const {
    try {
      const EventLog log(folder_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  ScratchDirectory scratch_;
  std::filesystem::path folder_ = scratch_ / "log";
  std::filesystem::path path_ = folder_ / "00000000000000000001.events";
};

TEST_F(EventLogTest, GoesOnWhereItEnded) {
  {
    EventLog log(folder_);
    EXPECT_EQ(log.last_sequence(), 0);
    Append(log, {"a", "b"});
  }
  EventLog log(folder_);
  EXPECT_EQ(log.last_sequence(), 2);
  Append(log, {"c"});
  EXPECT_THAT(IdsIn(log, 1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(IdsIn(log, 3), ElementsAre("c"));
  EXPECT_THAT(IdsIn(log, 4), IsEmpty());
}

TEST_F(EventLogTest, SegmentsAreClosedAndRemoved) {
  {
    EventLog log(folder_);
    log.CloseSegment();  // empty: stays
    EXPECT_THAT(log.ClosedSegments(), IsEmpty());
    Append(log, {"a", "b"});
    log.CloseSegment();
    Append(log, {"c"});
    const auto closed = log.ClosedSegments();
    ASSERT_EQ(closed.size(), 1);
    EXPECT_EQ(closed[0].first, 1);
    EXPECT_EQ(closed[0].last, 2);
    log.Remove(closed[0]);
    EXPECT_EQ(log.first_sequence(), 3);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_THAT(Ids(3), ElementsAre("c"));
}

TEST_F(EventLogTest, KeepsItsPlaceWhenNothingIsLeft) {
  {
    EventLog log(folder_);
    Append(log, {"a"});
    log.CloseSegment();
    log.Remove(log.ClosedSegments()[0]);
  }
  EXPECT_EQ(EventLog(folder_).last_sequence(), 1);
  EXPECT_EQ(EventLog(scratch_ / "other", 8).last_sequence(), 7);
}

// The last write may have reached the disk in part, and in any part.
TEST_F(EventLogTest, DropsAWriteThatWasCutOffAtAnyByte) {
  std::size_t first = 0;
  {
    EventLog log(folder_);
    Append(log, {"a"});
    first = base::ReadFile(path_).size();
    Append(log, {"b", "c"});
  }
  const std::string whole = base::ReadFile(path_);
  for (std::size_t bytes = first; bytes < whole.size(); ++bytes) {
    Write(whole.substr(0, bytes));
    EXPECT_THAT(Ids(), ElementsAre("a")) << bytes;
    EXPECT_EQ(std::filesystem::file_size(path_), first);
  }
  for (std::size_t zeros = first; zeros < whole.size(); ++zeros) {
    std::string holed = whole;
    holed.replace(first, zeros - first + 1, zeros - first + 1, '\0');
    Write(holed);
    EXPECT_THAT(Ids(), ElementsAre("a")) << zeros;
  }
}

TEST_F(EventLogTest, BeginsAnewWhereEvenTheHeadingWasCutOff) {
  std::filesystem::create_directories(folder_);
  Write("shortlist ev");
  {
    EventLog log(folder_);
    Append(log, {"a"});
  }
  EXPECT_THAT(Ids(), ElementsAre("a"));
}

TEST_F(EventLogTest, AnyDamageBeforeTheLastWriteIsToldOf) {
  std::size_t begin = 0;
  std::size_t end = 0;
  {
    EventLog log(folder_);
    begin = base::ReadFile(path_).size();
    Append(log, {"a"});
    end = base::ReadFile(path_).size();
    Append(log, {"b"});
  }
  const std::string whole = base::ReadFile(path_);
  for (std::size_t place = 0; place < end; ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x41);
    Write(damaged);
    EXPECT_THAT(ProblemOfOpening(), HasSubstr(path_.string())) << place << " of " << begin;
  }
}

TEST_F(EventLogTest, GoesOnInItsSegmentWhereANewOneCannotBeMade) {
  {
    EventLog log(folder_);
    Append(log, {"a"});
    {
      const FileSizeLimit limit(10);
      EXPECT_THROW(log.CloseSegment(), Error);
    }
    Append(log, {"b"});
  }
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
}

TEST_F(EventLogTest, IsOfOneProcess) {
  const EventLog open(folder_);
  EXPECT_THAT(ProblemOfOpening(), HasSubstr("another process writes"));
}

}  // namespace
}  // namespace shortlist::profile
