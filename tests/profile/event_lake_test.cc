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
  const EventLake lake(scratch.path(), MadeEventFiles([&](const auto& path, std::span<const Event> given) {
                         written = path;
                         events.assign(given.begin(), given.end());
                       }));
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
  const EventLake lake(scratch.path(), MadeEventFiles());
  EXPECT_TRUE(std::filesystem::exists(scratch / "events/00000000000000000001.parquet"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "events/00000000000000000007.parquet.tmp.12.3"));
}

TEST(EventLakeTest, ASegmentWithoutEventsTakesTheirFileAway) {
  const ScratchDirectory scratch;
  const EventLake lake(scratch.path(), MadeEventFiles());
  lake.Write(3, std::vector<LoggedEntry>{{3, 1, MadeEvent("a", "ann", "mug", 1)}});
  EXPECT_TRUE(std::filesystem::exists(scratch / "events/00000000000000000003.parquet"));
  lake.Write(3, std::vector<LoggedEntry>{{4, 1, MadeConsent("ann", 0, 5)}});
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "events"));
}

class FilledLakeTest : public ::testing::Test {
 protected:
  FilledLakeTest() {
    lake_.Write(1, std::vector<LoggedEntry>{{1, 1, ann1_}, {2, 1, MadeEvent("b", "bob", "mug", 1)}, {3, 1, agreed_}});
    lake_.Write(4, std::vector<LoggedEntry>{{4, 1, MadeEvent("c", "bob", "cup", 1)}});
    lake_.Write(5, std::vector<LoggedEntry>{{5, 1, ann2_}, {6, 1, denied_}});
  }

  void Give(const std::vector<RowOwners>& stages, std::uint64_t segment = 7) {
    lake_.GiveRows(segment, stages, [this](const RowOwners& owners) { given_elsewhere_.push_back(owners); });
  }

  const Event ann1_ = MadeEvent("a", "ann", "mug", 1);
  const Event ann2_ = MadeEvent("d", "ann", "cup", 2, EventKind::kPurchase);
  const ConsentChange agreed_ = MadeConsent("ann", Bit(Purpose::kTraining) | Bit(Purpose::kAnalytics), 5);
  const ConsentChange denied_ = MadeConsent("ann", 0, 6);
  ScratchDirectory scratch_;
  EventLake lake_{scratch_.path(), MadeEventFiles()};
  std::vector<RowOwners> given_elsewhere_;
};

TEST_F(FilledLakeTest, GivesAllOfAShopperInOrder) {
  const LakeEntries ann = lake_.Read("ann");
  EXPECT_THAT(ann.events, ElementsAre(ann1_, ann2_));
  EXPECT_THAT(ann.consents, ElementsAre(agreed_, denied_));
  EXPECT_TRUE(lake_.Read("cid").events.empty());
}

TEST_F(FilledLakeTest, ErasesAShopperFromAllFilesAndLeavesTheOthers) {
  Give({{{"ann", std::nullopt}, {"cid", std::nullopt}}});
  EXPECT_TRUE(lake_.Read("ann").events.empty());
  EXPECT_TRUE(lake_.Read("ann").consents.empty());
  EXPECT_EQ(lake_.Read("bob").events.size(), 2);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "events/00000000000000000005.parquet"));
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "consents"));
}

TEST_F(FilledLakeTest, FilesWithoutTheShopperAreNotWrittenAnew) {
  const auto before = std::filesystem::last_write_time(scratch_ / "events/00000000000000000004.parquet");
  Give({{{"ann", std::nullopt}}});
  EXPECT_EQ(std::filesystem::last_write_time(scratch_ / "events/00000000000000000004.parquet"), before);
}

TEST_F(FilledLakeTest, GivesRowsToAnotherShopperWithoutTheirConsents) {
  Give({{{"ann", "bob"}}});
  EXPECT_TRUE(lake_.Read("ann").events.empty());
  EXPECT_EQ(lake_.Read("bob").events.size(), 4);
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "consents"));
}

// What a killed process has done of a segment is not done again: it would erase what was given since.
TEST_F(FilledLakeTest, StagesThatWereDoneAreNotDoneAgain) {
  const std::vector<RowOwners> stages{{{"bob", std::nullopt}}, {{"ann", "bob"}}};
  Give(stages);
  Give(stages);
  EXPECT_EQ(lake_.Read("bob").events.size(), 2);
  EXPECT_EQ(given_elsewhere_, stages);
  Give(stages, 8);
  EXPECT_TRUE(lake_.Read("bob").events.empty());
}

TEST_F(FilledLakeTest, TakesOldEventsOutOfAllFiles) {
  constexpr std::int64_t kDay = 86400;
  RetentionSettings settings;
  settings.view = 1;
  const Retention retention(settings);
  EXPECT_EQ(lake_.Remove(retention, 1 + kDay), 0);
  EXPECT_EQ(lake_.Remove(retention, 2 + kDay), 3);
  EXPECT_EQ(lake_.Remove(retention, 2 + kDay), 0);
  EXPECT_THAT(lake_.Read("ann").events, ElementsAre(ann2_));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "events/00000000000000000004.parquet"));
  EXPECT_THAT(lake_.Read("ann").consents, ElementsAre(agreed_, denied_));
}

TEST_F(FilledLakeTest, FilesWithoutOldEventsAreLeftAsTheyAre) {
  EventFiles files = MadeEventFiles();
  files.read = [](const auto& file) -> std::vector<Event> { throw std::runtime_error(file.string()); };
  const ScratchDirectory scratch;
  const EventLake lake(scratch.path(), files);
  lake.Write(1, std::vector<LoggedEntry>{{1, 1, MadeEvent("a", "ann", "mug", 100)}});
  RetentionSettings settings;
  settings.others = 1;
  EXPECT_EQ(lake.Remove(Retention(settings), 100), 0);
}

TEST_F(FilledLakeTest, ADamagedFileOfConsentsIsTold) {
  base::WriteFileAtomically(scratch_ / "consents/00000000000000000001.jsonl", "{\"user\":\"ann\"\n");
  EXPECT_THROW(Give({{{"ann", std::nullopt}}}), Error);
}

TEST(EventLakeTest, WritesNoEmptyFiles) {
  const ScratchDirectory scratch;
  const EventLake lake(scratch.path(), MadeEventFiles([](const auto&, auto) { FAIL(); }));
  lake.Write(1, {});
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "consents"));
}

}  // namespace
}  // namespace shortlist::profile
