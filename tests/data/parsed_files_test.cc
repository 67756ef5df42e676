#include "data/parsed_files.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/event_schema.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class ParsedFilesTest : public ::testing::Test {
 protected:
  ParsedFilesTest() {
    source_.columns.time = "time";
    WriteRows("a.csv", "ada,lamp,1,view\n");
    WriteRows("b.csv", "bob,cup,2,view\nada,rug,3,view\n");
  }

  void WriteRows(const std::string& name, const std::string& rows) const {
    folder_.Write(name, "user,item,time,kind\n" + rows);
  }
  SourceFile File(const std::string& name) const {
    return {(folder_.path() / name).string(), SourceFormat::kCsv, ',', 0};
  }
  std::filesystem::path kept() const { return folder_.path() / "kept"; }
  ParsedFiles OpenFolder(const std::vector<SourceFile>& files) const {
    return ParsedFiles(kept(), source_, MakeEventSchema(source_.columns, {}), files);
  }
  // Parses all of the files that are not there.
  void Keep(const std::vector<SourceFile>& files) const {
    const ParsedFiles parsed = OpenFolder(files);
    for (const SourceFile& file : files) ASSERT_TRUE(parsed.Open(file));
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kept())) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  static std::vector<std::string> UsersOf(const ParsedFiles& parsed, const SourceFile& file) {
    const std::optional<ParsedFile> opened = parsed.Open(file);
    return opened ? std::vector<std::string>(opened->users().begin(), opened->users().end())
                  : std::vector<std::string>{};
  }
  bool HasA() const { return OpenFolder({File("a.csv")}).Has(File("a.csv")); }

  TemporaryFolder folder_;
  EventSource source_;
};

TEST_F(ParsedFilesTest, KeepsWhatItParsed) {
  Keep({File("a.csv"), File("b.csv")});
  const ParsedFiles again = OpenFolder({File("a.csv"), File("b.csv")});
  EXPECT_TRUE(again.Has(File("a.csv")));
  EXPECT_TRUE(again.Has(File("b.csv")));
  EXPECT_THAT(UsersOf(again, File("b.csv")), ElementsAre("bob", "ada"));
}

TEST_F(ParsedFilesTest, HasNothingOfFilesThatAreGoneOrHaveChanged) {
  Keep({File("a.csv"), File("b.csv")});
  const std::vector<std::string> both = Names();
  EXPECT_THAT(both, SizeIs(2));
  OpenFolder({File("b.csv")});
  EXPECT_THAT(Names(), SizeIs(1));
  const auto before = std::filesystem::last_write_time(folder_.path() / "b.csv");
  WriteRows("b.csv", "bob,cup,2,view\nada,rug,4,view\n");
  std::filesystem::last_write_time(folder_.path() / "b.csv", before);
  const ParsedFiles changed = OpenFolder({File("b.csv")});
  EXPECT_FALSE(changed.Has(File("b.csv"))) << "the same path, size and time do not make it the same file";
  EXPECT_THAT(Names(), ElementsAre());
}

TEST_F(ParsedFilesTest, LeavesFilesOfOthersAlone) {
  std::filesystem::create_directory(kept());
  folder_.Write("kept/notes.txt", "mine");
  folder_.Write("kept/" + std::string(64, 'a') + ".parsed", "of a program before");
  OpenFolder({});
  EXPECT_THAT(Names(), ElementsAre("notes.txt"));
}

TEST_F(ParsedFilesTest, ARenamedFileIsTheSame) {
  Keep({File("a.csv")});
  std::filesystem::rename(folder_.path() / "a.csv", folder_.path() / "z.csv");
  EXPECT_TRUE(OpenFolder({File("z.csv")}).Has(File("z.csv")));
}

TEST_F(ParsedFilesTest, WhateverDecidesHowRowsAreParsedMakesItAnother) {
  const EventSource original = source_;
  const auto changed = [&](auto change) {
    source_ = original;
    Keep({File("a.csv")});
    change(source_);
    return !HasA();
  };
  EXPECT_TRUE(changed([](EventSource& source) { source.columns.time.clear(); }));
  EXPECT_TRUE(changed([](EventSource& source) { source.columns.event_type = "kind"; }));
  EXPECT_TRUE(changed([](EventSource& source) { source.columns.weight = "time"; }));
  EXPECT_TRUE(changed([](EventSource& source) { source.columns.event_id = "time"; }));
  EXPECT_TRUE(changed([](EventSource& source) { source.clean_item_ids = true; }));
  EXPECT_TRUE(changed([](EventSource& source) {
    source.rules = {{"no_cup", "item", RuleOperator::kNotEquals, {"cup"}}};
  }));
  EXPECT_FALSE(changed([](EventSource& source) { source.deduplicate = Deduplication::kUserItem; }));
  EXPECT_FALSE(changed([](EventSource& source) { source.paths = {"elsewhere"}; }));
}

TEST_F(ParsedFilesTest, TheFormatOfAFileMakesItAnother) {
  const SourceFile tabs = {File("a.csv").path, SourceFormat::kTsv, '\t', 0};
  const SourceFile semicolons = {File("a.csv").path, SourceFormat::kCsv, ';', 0};
  for (const SourceFile& other : {tabs, semicolons}) {
    Keep({File("a.csv")});
    EXPECT_FALSE(OpenFolder({other}).Has(other));
  }
}

TEST_F(ParsedFilesTest, ADamagedOneIsMadeAgain) {
  Keep({File("a.csv")});
  const std::filesystem::path path = kept() / Names().at(0);
  const std::string whole = base::ReadFile(path);
  std::filesystem::resize_file(path, whole.size() / 2);
  EXPECT_THAT(UsersOf(OpenFolder({File("a.csv")}), File("a.csv")), ElementsAre("ada"));
  EXPECT_EQ(base::ReadFile(path), whole);
}

TEST_F(ParsedFilesTest, AFileThatChangesMeanwhileIsNotKept) {
  const ParsedFiles parsed = OpenFolder({File("a.csv")});
  WriteRows("a.csv", "ada,lamp,1,view\nbob,lamp,2,view\n");
  EXPECT_FALSE(parsed.Open(File("a.csv")));
  EXPECT_THAT(Names(), ElementsAre());
}

TEST_F(ParsedFilesTest, OneAtATimeHoldsTheFolderAndTakesAwayWhatAKilledOneLeft) {
  std::filesystem::create_directory(kept());
  folder_.Write("kept/" + std::string(64, 'a') + ".parsed.tmp.1.0", "half");
  const ParsedFiles first = OpenFolder({File("a.csv")});
  EXPECT_THAT(Names(), ElementsAre());
  EXPECT_EQ(ErrorOf([&] { OpenFolder({File("a.csv")}); }).code(), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace shortlist::data
