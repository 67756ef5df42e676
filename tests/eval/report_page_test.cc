#include "eval/report_page.h"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "data/fixtures.h"
#include "eval/page_assets.h"
#include "eval/recommender.h"

namespace shortlist::eval {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEvents[] =
    "user,item,time\n"
    "u1,a,2024-01-01\n"
    "u1,b,2024-01-02\n"
    "u1,a,2024-01-03\n"
    "u2,c,2024-01-04\n"
    "u1,c,2024-03-01\n"
    "u2,a,2024-03-02\n";
constexpr char kCatalog[] = "item,title,kind\na,Red </script><b>Lamp,light\nb,Cup,kitchen\nc,,light\n";

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string Without(const std::string& text, std::string_view part) {
  const std::size_t at = text.find(part);
  return at == std::string::npos ? text : text.substr(0, at) + text.substr(at + part.size());
}

class ReportPageTest : public ::testing::Test {
 protected:
  ReportPageTest() {
    row_.recommender = "two_tower";
    row_.shoppers = 2;
    row_.at[10].recall = {.value = 0.0630, .low = 0.0600, .high = 0.0660};
    row_.by_history_length = {{"history 1-4", 2, 0.05, 0.03}};
    inputs_.name = "little shop";
    inputs_.set = MakeEvaluationSet(dataset_, data::Part::kTest, SeenRule::kMask, 0, 1);
    const std::int32_t c = static_cast<std::int32_t>(*dataset_.FindItem("c"));
    inputs_.rankings = {{"two_tower", {{c}, {c}}}};
  }

  static data::Dataset Open(const data::TemporaryFolder& folder) {
    Settings settings;
    settings.data.events.paths = {folder.Write("events.csv", kEvents).string()};
    settings.data.events.columns.time = "time";
    settings.data.catalog.paths = {folder.Write("catalog.csv", kCatalog).string()};
    settings.data.catalog.title = "title";
    settings.data.catalog.attributes = {"kind"};
    settings.data.split = {SplitRule::kTime, "2024-02-01", "2024-03-01", {}, 0};
    data::Prepare(settings, folder.path(), folder.path() / "dataset");
    return data::Dataset::Open(folder.path() / "dataset");
  }

  std::string Page() const { return ToHtml({row_}, context_, dataset_, inputs_); }

  json Numbers() const {
    const std::string page = Page();
    const std::string start = "<script type=\"application/json\" id=\"numbers\">";
    const std::size_t begin = page.find(start) + start.size();
    return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  }

  data::TemporaryFolder folder_;
  data::Dataset dataset_ = Open(folder_);
  EvaluationRow row_;
  ReportContext context_ = DescribeEvaluation(dataset_, data::Part::kTest, 3);
  PageInputs inputs_;
};

TEST_F(ReportPageTest, HoldsTheNumbersOfTheJsonReport) {
  EXPECT_EQ(Numbers()["evaluation"], json::parse(ToJson({row_}, context_)));
  EXPECT_EQ(Numbers()["items"], 3);
  EXPECT_EQ(Numbers()["name"], "little shop");
}

TEST_F(ReportPageTest, AsksNothingOfTheNetwork) {
  const std::string page = Page();
  const std::string ours = Without(page, ChartLibrary());
  EXPECT_LT(ours.size(), page.size());
  EXPECT_THAT(ours, Not(HasSubstr("http:")));
  EXPECT_THAT(ours, Not(HasSubstr("https:")));
  for (const char* pattern :
       {R"(\ssrc\s*=)", R"(\shref\s*=)", R"(url\()", "@import", R"(\bfetch\()", "<link", "<iframe"}) {
    EXPECT_FALSE(std::regex_search(ours, std::regex(pattern))) << pattern;
  }
  EXPECT_THAT(std::string(ChartLibrary()), Not(HasSubstr("XMLHttpRequest")));
}

TEST_F(ReportPageTest, EveryPartOfTheTemplateIsFilled) {
  const std::string page = Page();
  for (const char* mark : {"@STYLE@", "@NUMBERS@", "@CHARTS@", "@SCRIPT@"}) EXPECT_THAT(page, Not(HasSubstr(mark)));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(page, HasSubstr("Chart.js v"));
}

// A parser sees the elements of the template and none besides, whatever titles say.
TEST_F(ReportPageTest, TextsOfTheCatalogCannotEndAScript) {
  EXPECT_EQ(Count(Page(), "</script>"), 3U);
  EXPECT_EQ(Count(Page(), "<script"), 3U);
  EXPECT_EQ(Numbers()["shoppers"][0]["history"][0]["title"], "Red </script><b>Lamp");
}

TEST_F(ReportPageTest, ShowsShoppersWithTitlesAndFindsButWithoutTheirIds) {
  const json shoppers = Numbers()["shoppers"];
  ASSERT_EQ(shoppers.size(), 1U) << "u2 has a single event";
  EXPECT_EQ(shoppers[0]["history_length"], 3);
  EXPECT_EQ(shoppers[0]["history"][1]["title"], "Cup");
  EXPECT_EQ(shoppers[0]["shortlist"], json::parse(R"([{"title": "c", "bought": true}])"));
  EXPECT_EQ(shoppers[0]["finds"], 1);
  EXPECT_THAT(Page(), Not(HasSubstr("\"u1\"")));
}

TEST_F(ReportPageTest, ComparesTheMixOfCategories) {
  const json categories = Numbers()["categories"];
  EXPECT_EQ(categories["attribute"], "kind");
  EXPECT_EQ(categories["names"], json::parse(R"(["light", "kitchen"])"));
  EXPECT_EQ(categories["bought"], json::parse("[1.0, 0.0]"));
  EXPECT_EQ(categories["recommenders"][0]["shown"], json::parse("[1.0, 0.0]"));
}

TEST_F(ReportPageTest, LearningCurvesComeFromTheTrainingReportIfItIsReadable) {
  EXPECT_TRUE(Numbers()["training"].is_null());
  inputs_.training_json = "not json";
  EXPECT_TRUE(Numbers()["training"].is_null());
  inputs_.training_json = R"({"best_epoch": 2})";
  EXPECT_EQ(Numbers()["training"]["best_epoch"], 2);
}

TEST_F(ReportPageTest, WithoutRecommendersThereIsStillAPage) {
  inputs_.rankings.clear();
  EXPECT_TRUE(Numbers()["shoppers"].empty());
}

}  // namespace
}  // namespace shortlist::eval
