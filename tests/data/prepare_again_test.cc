// Prepare with the parsed files of an earlier one makes what it makes without, whatever has happened between the two.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/exclusive_directory.h"
#include "base/file.h"
#include "data/event_file.h"
#include "data/fixtures.h"
#include "data/prepare.h"
#include "features/stable_hash.h"

namespace shortlist::data {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;

class PrepareAgainTest : public ::testing::Test {
 protected:
  PrepareAgainTest() {
    fs::create_directory(folder_.path() / "lake");
    EventSource& events = settings_.data.events;
    events.paths = {"lake"};
    events.columns = {"user",     "item",  "time",     "event_type", "",
                      "quantity", "price", "event_id", "request_id", {"device"}};
    events.rules = {{"cancelled", "event_type", RuleOperator::kNotEquals, {"cancel"}}};
    settings_.data.max_bad_fraction = 1;
    settings_.features.context = {{.name = "", .column = "device", .transform = TransformKind::kVocabulary}};
    WriteConsent();
    settings_.data.consent.paths = {"consent.csv"};
    for (int day = 0; day < 4; ++day) WriteDay(day);
  }

  std::uint64_t Draw(std::uint64_t below) { return features::Mix64(++draws_) % below; }
  std::string DrawUser() { return "shopper-" + std::to_string(Draw(12)); }

  // Two thirds agreed.
  void WriteConsent() {
    std::string rows = "user,purposes\n";
    for (int user = 0; user < 12; ++user) {
      rows += "shopper-" + std::to_string(user) + (Draw(3) == 0 ? ",analytics\n" : ",training\n");
    }
    folder_.Write("consent.csv", rows);
  }

  // Every third file is Parquet, as a server's lake.
  void WriteDay(int day) {
    if (day % 3 == 2) return WriteParquetDay(day);
    std::string rows = "event_id,user,item,time,event_type,quantity,price,device,request_id\n";
    for (int row = 0; row < 40; ++row) rows += DrawRow(day);
    folder_.Write("lake/" + std::to_string(100 + day) + ".csv", rows);
  }

  // Of good rows, some are repeated; of the others, some are refused only after their new texts have come into tables.
  std::string DrawRow(int day) {
    const std::string id = "e" + std::to_string(Draw(400));
    const std::string item = "item-" + std::to_string(Draw(15));
    const std::string time = std::to_string(1'700'000'000 + day * 86400 + static_cast<int>(Draw(86400)));
    const std::string device = "device-" + std::to_string(Draw(6));
    switch (Draw(12)) {
      case 0:
        return id + ",too,short\n";
      case 1:
        return id + "," + DrawUser() + "," + item + ",soon,view,1,2," + device + ",\n";
      case 2:
        return id + "," + DrawUser() + "," + item + "," + time + ",kind-" + std::to_string(Draw(50)) + ",many,2,x,\n";
      case 3:
        return id + "," + DrawUser() + "," + item + "," + time + ",cancel,1,2,x,\n";
      case 4:
        return id + ",," + item + "," + time + ",view,1,2,x,\n";
      default:
        return id + "," + DrawUser() + "," + item + "," + time + ",kind-" + std::to_string(Draw(4)) + "," +
               std::to_string(Draw(3)) + "," + std::to_string(Draw(9)) + "," + device + "," +
               (Draw(2) == 0 ? "answer" : "") + "\n";
    }
  }

  void WriteParquetDay(int day) {
    std::vector<std::string> texts;
    texts.reserve(200);
    const auto keep = [&](std::string text) -> std::string_view { return texts.emplace_back(std::move(text)); };
    std::vector<EventRow> rows;
    for (int row = 0; row < 40; ++row) {
      EventRow& event = rows.emplace_back();
      event.event_id = keep("e" + std::to_string(Draw(400)));
      event.user = keep(DrawUser());
      event.item = keep("item-" + std::to_string(Draw(15)));
      event.time = 1'700'000'000 + day * 86400 + static_cast<std::int64_t>(Draw(86400));
      event.event_type = keep(Draw(9) == 0 ? "cancel" : "kind-" + std::to_string(Draw(4)));
      event.device = keep("device-" + std::to_string(Draw(6)));
    }
    WriteEventFile(Day(day), rows);
  }

  fs::path Day(int day) const {
    return folder_.path() / "lake" / (std::to_string(100 + day) + (day % 3 == 2 ? ".parquet" : ".csv"));
  }
  fs::path parsed() const { return folder_.path() / "parsed"; }

  std::map<std::string, std::string> MakeIn(const std::string& name, const std::optional<fs::path>& parsed_files) {
    const fs::path out = folder_.path() / name;
    const PrepareReport report = Prepare(settings_, folder_.path(), out / "dataset", std::nullopt, parsed_files);
    std::map<std::string, std::string> made;
    for (const auto& entry : fs::recursive_directory_iterator(out)) {
      if (entry.is_regular_file()) made[entry.path().lexically_relative(out)] = base::ReadFile(entry.path());
    }
    made["report"] = std::to_string(report.read) + " " + std::to_string(report.quarantined) + " " +
                     std::to_string(report.kept) + " " + ::testing::PrintToString(report.filtered);
    return made;
  }
  std::size_t ParsedFiles() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(parsed()), fs::directory_iterator()));
  }
  std::size_t FilesOfLake() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path() / "lake"), fs::directory_iterator()));
  }

  void ExpectSame(const std::string& note) {
    const auto full = MakeIn("full", std::nullopt);
    const auto again = MakeIn("again", parsed());
    ASSERT_EQ(again.size(), full.size()) << note;
    for (const auto& [file, bytes] : full) ASSERT_EQ(again.at(file), bytes) << note << ": " << file;
    EXPECT_EQ(ParsedFiles(), FilesOfLake()) << note;
  }

  TemporaryFolder folder_;
  Settings settings_;
  std::uint64_t draws_ = 0;
};

TEST_F(PrepareAgainTest, RandomChangesOfAllKindsNeverChangeTheDataset) {
  ExpectSame("at first");
  int newest = 3;
  for (int round = 0; round < 60; ++round) {
    std::string note = "round " + std::to_string(round);
    switch (Draw(7)) {
      case 0:
      case 1:
        WriteDay(++newest);
        note += ", a day more";
        break;
      case 2:
        WriteDay(static_cast<int>(Draw(static_cast<std::uint64_t>(newest) + 1)));
        note += ", a day rewritten";
        break;
      case 3:
        if (FilesOfLake() > 3) fs::remove(Day(static_cast<int>(Draw(static_cast<std::uint64_t>(newest) + 1))));
        note += ", a day gone";
        break;
      case 4:
        WriteConsent();
        note += ", other consents";
        break;
      case 5:
        settings_.data.memory_mib = settings_.data.memory_mib == 0 ? 64 : 0;
        settings_.data.events.deduplicate = Draw(2) == 0 ? Deduplication::kUserItem : Deduplication::kNone;
        note += ", other settings of what follows";
        break;
      default:
        settings_.data.events.rules[0].value = {Draw(2) == 0 ? "cancel" : "kind-1"};
        settings_.data.consent.paths =
            Draw(3) == 0 ? std::vector<std::string>{} : std::vector<std::string>{"consent.csv"};
        note += ", other rules";
        break;
    }
    ASSERT_NO_FATAL_FAILURE(ExpectSame(note));
  }
}

TEST_F(PrepareAgainTest, TestFilesAreKeptToo) {
  fs::create_directory(folder_.path() / "test");
  fs::rename(Day(3), folder_.path() / "test" / Day(3).filename());
  settings_.data.split = {SplitRule::kFiles, "", "", {"test"}, 0.1};
  for (int night = 0; night < 2; ++night) {
    EXPECT_EQ(MakeIn("again", parsed()), MakeIn("full", std::nullopt));
    EXPECT_EQ(ParsedFiles(), 4U);
  }
}

TEST_F(PrepareAgainTest, WhatIsKeptIsUsed) {
  MakeIn("again", parsed());
  const auto times = [&] {
    std::map<std::string, fs::file_time_type> written;
    for (const auto& entry : fs::directory_iterator(parsed())) written[entry.path()] = entry.last_write_time();
    return written;
  };
  const auto before = times();
  MakeIn("again", parsed());
  EXPECT_EQ(times(), before);
}

// As compaction does at an erasure.
TEST_F(PrepareAgainTest, NothingOfAShopperIsLeftWhoseEventsAreGoneFromTheFiles) {
  const auto names_of = [&](const std::string& user) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      const bool is_source = entry.path().filename() == "consent.csv";
      if (!entry.is_regular_file() || is_source) continue;
      if (base::ReadFile(entry.path()).find(user) != std::string::npos) names.push_back(entry.path().string());
    }
    return names;
  };
  folder_.Write("lake/100.csv",
                "event_id,user,item,time,event_type,quantity,price,device,request_id\n"
                "x1,eve-the-tracer,cup,1700000000,view,1,1,phone,\n"
                "x2,eve-the-tracer,cup,soon,view,1,1,phone,\n");
  MakeIn("again", parsed());
  EXPECT_THAT(names_of("eve-the-tracer"), SizeIs(2)) << "the lake's file and its parsed form";
  folder_.Write("lake/100.csv", "event_id,user,item,time,event_type,quantity,price,device,request_id\n");
  MakeIn("again", parsed());
  EXPECT_THAT(names_of("eve-the-tracer"), SizeIs(0));
}

// They are taken away before anything is read, so that a file that cannot be read does not keep them.
TEST_F(PrepareAgainTest, WhatIsOfNoUseGoesEvenIfThePrepareFails) {
  MakeIn("again", parsed());
  folder_.Write("lake/100.csv", "user,item\n");
  EXPECT_EQ(ErrorOf([&] { MakeIn("again", parsed()); }).code(), Code::kInvalidArgument);
  EXPECT_EQ(ParsedFiles(), 3U);
}

TEST_F(PrepareAgainTest, WhileAnotherOneUsesThemTheyAreNotUsed) {
  const auto full = MakeIn("full", std::nullopt);
  const base::ExclusiveDirectory held(parsed());
  EXPECT_EQ(MakeIn("again", parsed()), full);
  EXPECT_EQ(ParsedFiles(), 0U);
}

TEST_F(PrepareAgainTest, TwoAtOnceMakeTheSame) {
  const auto full = MakeIn("full", std::nullopt);
  for (int round = 0; round < 5; ++round) {
    std::map<std::string, std::string> one;
    std::map<std::string, std::string> two;
    std::thread other([&] { two = MakeIn("two", parsed()); });
    one = MakeIn("one", parsed());
    other.join();
    EXPECT_EQ(one, full);
    EXPECT_EQ(two, full);
  }
}

TEST_F(PrepareAgainTest, DamagedOnesAreMadeAgain) {
  const auto full = MakeIn("full", std::nullopt);
  MakeIn("again", parsed());
  for (const auto& entry : fs::directory_iterator(parsed())) {
    std::string bytes = base::ReadFile(entry.path());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] + 1);
    base::WriteFileAtomically(entry.path(), bytes);
  }
  EXPECT_EQ(MakeIn("again", parsed()), full);
}

}  // namespace
}  // namespace shortlist::data
