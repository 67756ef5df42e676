#include "data/source_files.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const SourceSyntax kSyntax{"data.events", SourceFormat::kAuto, ""};

class SourceFilesTest : public ::testing::Test {
 protected:
  std::vector<std::string> Names(const std::vector<std::string>& paths, const SourceSyntax& syntax = kSyntax) {
    std::vector<std::string> names;
    for (const SourceFile& file : ExpandSources(paths, syntax, folder_.path())) {
      names.push_back(std::filesystem::path(file.path).lexically_relative(folder_.path()).string());
    }
    return names;
  }
  std::string Refusal(const std::vector<std::string>& paths, const SourceSyntax& syntax = kSyntax) {
    const Error error = ErrorOf([&] { ExpandSources(paths, syntax, folder_.path()); });
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), HasSubstr("data.events"));
    return error.what();
  }

  TemporaryFolder folder_;
};

TEST_F(SourceFilesTest, KeepsGivenOrderAndSortsGlobs) {
  for (const char* name : {"b.csv", "a2.csv", "a1.csv", "a1.tsv"}) folder_.Write(name, "x");
  EXPECT_THAT(Names({"b.csv", "a*.csv"}), ElementsAre("b.csv", "a1.csv", "a2.csv"));
  EXPECT_THAT(Names({"a?.[ct]sv"}), ElementsAre("a1.csv", "a1.tsv", "a2.csv"));
}

TEST_F(SourceFilesTest, GlobsReachIntoFolders) {
  std::filesystem::create_directories(folder_.path() / "2024/01");
  std::filesystem::create_directories(folder_.path() / "2024/02");
  folder_.Write("2024/01/x.csv", "x");
  folder_.Write("2024/02/x.csv", "x");
  folder_.Write("2024/x.csv", "x");
  EXPECT_THAT(Names({"2024/*/x.csv"}), ElementsAre("2024/01/x.csv", "2024/02/x.csv"));
}

TEST_F(SourceFilesTest, ADirectoryGivesItsFilesOfKnownEndings) {
  std::filesystem::create_directories(folder_.path() / "sub/.hidden");
  for (const char* name : {"sub/z.csv.gz", "sub/README.md", "sub/.a.csv", "sub/.hidden/b.csv"}) folder_.Write(name, "");
  EXPECT_THAT(Names({"sub"}), ElementsAre("sub/z.csv.gz"));
  EXPECT_THAT(Names({"sub"}, {"data.events", SourceFormat::kCsv, ""}), ElementsAre("sub/README.md", "sub/z.csv.gz"));
}

TEST_F(SourceFilesTest, TellsTheFormatByTheEnding) {
  const std::vector<std::pair<std::string, SourceFormat>> expected = {{"a.csv", SourceFormat::kCsv},
                                                                      {"a.tsv.zst", SourceFormat::kTsv},
                                                                      {"a.tab", SourceFormat::kTsv},
                                                                      {"a.parquet", SourceFormat::kParquet},
                                                                      {"a.jsonl.gz", SourceFormat::kJsonLines},
                                                                      {"a.ndjson", SourceFormat::kJsonLines}};
  for (const auto& [name, format] : expected) {
    folder_.Write(name, "x");
    const SourceFile file = ExpandSources({name}, kSyntax, folder_.path()).front();
    EXPECT_EQ(file.format, format) << name;
    EXPECT_EQ(file.delimiter, format == SourceFormat::kTsv ? '\t' : ',');
    EXPECT_EQ(file.bytes, 1);
  }
}

TEST_F(SourceFilesTest, ReplacesEnvironmentVariables) {
  folder_.Write("a.csv", "x");
  setenv("SHORTLIST_TEST_FOLDER", folder_.path().c_str(), 1);
  EXPECT_THAT(Names({"${SHORTLIST_TEST_FOLDER}/a.csv"}), ElementsAre("a.csv"));
  unsetenv("SHORTLIST_TEST_FOLDER");
  EXPECT_THAT(Refusal({"${SHORTLIST_TEST_FOLDER}/a.csv"}), HasSubstr("SHORTLIST_TEST_FOLDER, which is not set"));
  EXPECT_THAT(Refusal({"${HOME"}), HasSubstr("without its }"));
}

TEST_F(SourceFilesTest, AnEmptyOrRelativeBaseStartsAtTheWorkingDirectory) {
  const auto before = std::filesystem::current_path();
  folder_.Write("a.csv", "x");
  std::filesystem::current_path(folder_.path());
  const std::string beside = ExpandSources({"a.csv"}, kSyntax, "").front().path;
  std::filesystem::create_directory("sub");
  const std::string above = ExpandSources({"../a.csv"}, kSyntax, "sub").front().path;
  std::filesystem::current_path(before);
  EXPECT_EQ(beside, (folder_.path() / "a.csv").string());
  EXPECT_EQ(above, beside);
}

TEST_F(SourceFilesTest, RefusesWhatIsNotThere) {
  folder_.Write("notes.txt", "x");
  EXPECT_THAT(Refusal({"absent.csv"}), HasSubstr("absent.csv"));
  EXPECT_THAT(Refusal({"absent*.csv"}), HasSubstr("no file matches"));
  EXPECT_THAT(Refusal({"notes.txt"}), HasSubstr("set data.events.format"));
}

TEST_F(SourceFilesTest, TakesOneCharacterAsDelimiter) {
  folder_.Write("a.csv", "x");
  EXPECT_EQ(ExpandSources({"a.csv"}, {"data.events", SourceFormat::kCsv, ";"}, folder_.path()).front().delimiter, ';');
  EXPECT_EQ(ExpandSources({"a.csv"}, {"data.events", SourceFormat::kCsv, "\\t"}, folder_.path()).front().delimiter,
            '\t');
  EXPECT_THAT(Refusal({"a.csv"}, {"data.events", SourceFormat::kCsv, ";;"}), HasSubstr("not one character"));
}

}  // namespace
}  // namespace shortlist::data
