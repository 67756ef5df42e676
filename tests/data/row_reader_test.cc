#include "data/row_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(OpenRowsTest, ChoosesTheReaderByFormat) {
  const TemporaryFolder folder;
  const auto csv = folder.Write("a.csv", "user,item\nu,i\n");
  const auto json = folder.Write("a.jsonl", "{\"user\": \"u\", \"item\": \"i\"}\n");
  const auto sequences = folder.Write("a.txt", "u i\n");
  for (const SourceFile& file :
       {SourceFile{csv.string(), SourceFormat::kCsv}, SourceFile{json.string(), SourceFormat::kJsonLines},
        SourceFile{sequences.string(), SourceFormat::kSequences}}) {
    EXPECT_THAT(ReadAll(file, {"item", "user"}).cells, ElementsAre(ElementsAre("i", "u"))) << file.path;
  }
}

TEST(OpenRowsTest, AMissingColumnIsAnErrorNamingFileAndColumns) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "user,item\nu,i\n");
  const Error error = ErrorOf([&] { OpenRows({path.string(), SourceFormat::kCsv}, {"user", "itme"}); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("a.csv"), HasSubstr("'itme'"), HasSubstr("'user', 'item'")));
}

TEST(OpenRowsTest, AMissingFileIsAnErrorNamingIt) {
  const Error error = ErrorOf([] { OpenRows({"/nonexistent/a.csv", SourceFormat::kCsv}, {"user"}); });
  EXPECT_THAT(error.what(), HasSubstr("/nonexistent/a.csv"));
}

}  // namespace
}  // namespace shortlist::data
