#include "profile/event_log.h"

#include <fstream>
#include <mutex>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_size_limit.h"
#include "base/scratch_directory.h"
#include "profile/block.h"
#include "profile/byte_scan.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EventLogTest : public ::testing::Test {
 protected:
  static base::SecretKey Secret() { return base::SecretKey("what is elsewhere"); }
  static void Append(EventLog& log, const std::vector<std::string>& ids, const std::string& user = "ann") {
    std::vector<Entry> entries;
    for (const std::string& id : ids) entries.emplace_back(MadeEvent(id, user, "mug", 7));
    log.Append(entries, 99);
  }
  static void Erase(EventLog& log, const Erasure& erasure) { log.Append(std::vector<Entry>{erasure}, 99); }
  // Of the events that can be read.
  static std::vector<std::string> ReadableIds(const EventLog& log) {
    std::vector<std::string> ids;
    log.Replay(1, [&](const LoggedEntry& logged) {
      if (const auto* event = std::get_if<Event>(&logged.entry)) ids.push_back(event->id);
    });
    return ids;
  }

  std::vector<std::string> Ids(std::uint64_t from = 1) const {
    return IdsIn(EventLog(scratch_.path(), Secret()), from);
  }

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
      const EventLog log(scratch_.path(), Secret());
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  ScratchDirectory scratch_;
  std::filesystem::path folder_ = scratch_ / "log";
  std::filesystem::path path_ = folder_ / "00000000000000000001.events";
  std::filesystem::path keys_ = scratch_ / "keys/00000000000000000001.keys";
};

TEST_F(EventLogTest, GoesOnWhereItEnded) {
  {
    EventLog log(scratch_.path(), Secret());
    EXPECT_EQ(log.last_sequence(), 0);
    Append(log, {"a", "b"});
  }
  EventLog log(scratch_.path(), Secret());
  EXPECT_EQ(log.last_sequence(), 2);
  Append(log, {"c"});
  EXPECT_THAT(IdsIn(log, 1), ElementsAre("a", "b", "c"));
  EXPECT_THAT(IdsIn(log, 3), ElementsAre("c"));
  EXPECT_THAT(IdsIn(log, 4), IsEmpty());
}

TEST_F(EventLogTest, SegmentsAreClosedAndRemoved) {
  {
    EventLog log(scratch_.path(), Secret());
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
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"});
    log.CloseSegment();
    log.Remove(log.ClosedSegments()[0]);
  }
  EXPECT_EQ(EventLog(scratch_.path(), Secret()).last_sequence(), 1);
  EXPECT_EQ(EventLog(scratch_ / "other", Secret(), 8).last_sequence(), 7);
}

// The last write may have reached the disk in part, and in any part.
TEST_F(EventLogTest, DropsAWriteThatWasCutOffAtAnyByte) {
  std::size_t first = 0;
  {
    EventLog log(scratch_.path(), Secret());
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
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"});
  }
  EXPECT_THAT(Ids(), ElementsAre("a"));
}

TEST_F(EventLogTest, AnyDamageBeforeTheLastWriteIsToldOf) {
  std::size_t begin = 0;
  std::size_t end = 0;
  {
    EventLog log(scratch_.path(), Secret());
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
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"});
    {
      const FileSizeLimit limit(10);
      EXPECT_THROW(log.CloseSegment(), Error);
    }
    Append(log, {"b"});
  }
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
}

TEST_F(EventLogTest, EntriesAreSealedAndOpenWithKeysAndSecretTogether) {
  {
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"}, "the-name-of-ann");
  }
  EXPECT_THAT(FilesWith("the-name", scratch_.path()), IsEmpty());
  EXPECT_THROW(EventLog(scratch_.path(), base::SecretKey("another secret")), Error);
  const std::string kept = base::ReadFile(keys_);
  std::filesystem::remove(keys_);
  EXPECT_THAT(ProblemOfOpening(), HasSubstr(keys_.string()));
  base::WriteFileAtomically(keys_, kept);
  EXPECT_THAT(Ids(), ElementsAre("a"));
}

TEST_F(EventLogTest, AnEntryOfADestroyedKeyIsLeftOut) {
  EventLog log(scratch_.path(), Secret());
  Append(log, {"a", "b"}, "ann");
  Append(log, {"c"}, "bob");
  log.CloseSegment();
  Append(log, {"d"}, "visitor");
  Append(log, {"e"}, "ann");
  Erase(log, {"ann", {"visitor"}});
  Append(log, {"f"}, "ann");
  EXPECT_EQ(log.retired_keys().size(), 3);  // one of each segment, and the visitor's
  EXPECT_THAT(ReadableIds(log), ElementsAre("a", "b", "c", "d", "e", "f"));
  log.DestroyKeys(std::vector<RetiredKey>(log.retired_keys()));
  EXPECT_THAT(log.retired_keys(), IsEmpty());
  EXPECT_THAT(ReadableIds(log), ElementsAre("c", "f"));
  std::vector<std::uint64_t> sequences;
  log.ReadSegment(log.ClosedSegments()[0], [&](const LoggedEntry& logged) { sequences.push_back(logged.sequence); });
  EXPECT_THAT(sequences, ElementsAre(3));
}

TEST_F(EventLogTest, AKillBeforeKeysAreDestroyedLeavesThemToTheNextOpening) {
  {
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"});
    log.CloseSegment();
    Append(log, {"b"});
    Erase(log, {"ann"});
    Append(log, {"c"});
  }
  EventLog log(scratch_.path(), Secret());
  EXPECT_EQ(log.last_sequence(), 4);
  EXPECT_EQ(log.retired_keys().size(), 2);
  log.DestroyKeys(std::vector<RetiredKey>(log.retired_keys()));
  Append(log, {"d"});
  EXPECT_THAT(ReadableIds(log), ElementsAre("c", "d"));
}

TEST_F(EventLogTest, AnErasureThatCannotBeWrittenRetiresNothing) {
  EventLog log(scratch_.path(), Secret());
  Append(log, {"a"});
  {
    const FileSizeLimit limit(base::ReadFile(path_).size());
    EXPECT_THROW(Erase(log, {"ann"}), Error);
  }
  EXPECT_THAT(log.retired_keys(), IsEmpty());
  Append(log, {"b"});
  Erase(log, {"ann"});
  EXPECT_EQ(log.retired_keys().size(), 1);  // of both
}

TEST_F(EventLogTest, GrowsWhileClosedSegmentsAreRemoved) {
  EventLog log(scratch_.path(), Secret());
  std::mutex closing;
  std::jthread remover([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        const std::lock_guard lock(closing);
        log.CloseSegment();
      }
      for (const ClosedSegment& segment : log.ClosedSegments()) log.Remove(segment);
    }
  });
  for (int number = 0; number < 1000; ++number) {
    const std::lock_guard lock(closing);
    Append(log, {"a"});
  }
  EXPECT_EQ(log.last_sequence(), 1000);
}

TEST_F(EventLogTest, KeysGoWithTheirSegment) {
  {
    EventLog log(scratch_.path(), Secret());
    Append(log, {"a"});
    log.CloseSegment();
    const std::string kept = base::ReadFile(keys_);
    log.Remove(log.ClosedSegments()[0]);
    EXPECT_FALSE(std::filesystem::exists(keys_));
    base::WriteFileAtomically(keys_, kept);  // as if a kill had come in between
  }
  const EventLog log(scratch_.path(), Secret());
  EXPECT_FALSE(std::filesystem::exists(keys_));
}

TEST_F(EventLogTest, ALogWithoutKeysIsReadAndGoesOnWithThem) {
  std::filesystem::create_directories(folder_);
  ByteWriter block;
  for (const std::uint64_t number : {1, 2 * 99, 2}) block.Number(number);  // the first, when in zigzag, how many
  for (const char* id : {"a", "b"}) block.Text(ToBytes(Entry(MadeEvent(id, "ann", "mug", 7))));
  Write("shortlist events 2\n" + BlockOf(block.bytes()) + "cut off");
  {
    EventLog log(scratch_.path(), Secret());
    EXPECT_EQ(log.ClosedSegments().size(), 1);
    Append(log, {"c"});
    EXPECT_THAT(IdsIn(log, 1), ElementsAre("a", "b", "c"));
  }
  EXPECT_THAT(Ids(), ElementsAre("a", "b", "c"));
  EventLog log(scratch_.path(), Secret());
  EXPECT_FALSE(log.all_sealed());
  log.Remove(log.ClosedSegments().front());
  EXPECT_TRUE(log.all_sealed());
}

TEST_F(EventLogTest, IsOfOneProcess) {
  const EventLog open(scratch_.path(), Secret());
  EXPECT_THAT(ProblemOfOpening(), HasSubstr("another process is writing"));
}

}  // namespace
}  // namespace shortlist::profile
