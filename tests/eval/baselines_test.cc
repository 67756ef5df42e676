#include "eval/baselines.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "eval/evaluation_set.h"
#include "eval/report.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;

// Item a leads in training, b in validation, c in the week before the test part.
constexpr char kEvents[] =
    "user,item,time\n"
    "u1,a,2024-01-01\n"
    "u2,a,2024-01-02\n"
    "u3,a,2024-01-03\n"
    "u1,b,2024-01-03\n"
    "u1,d,2024-01-04\n"
    "u1,b,2024-02-01\n"
    "u2,b,2024-02-02\n"
    "u3,b,2024-02-03\n"
    "u2,c,2024-02-25\n"
    "u3,c,2024-02-26\n"
    "u1,c,2024-03-01\n"
    "u2,d,2024-03-02\n";

class BaselinesTest : public ::testing::Test {
 protected:
  static data::Dataset Open(const data::TemporaryFolder& folder) {
    Settings settings;
    settings.data.events.paths = {folder.Write("events.csv", kEvents).string()};
    settings.data.events.columns.time = "time";
    settings.data.split = {SplitRule::kTime, "2024-02-01", "2024-03-01", {}, 0};
    data::Prepare(settings, folder.path(), folder.path() / "dataset");
    return data::Dataset::Open(folder.path() / "dataset");
  }

  std::string Best(BaselineKind kind, data::Part part = data::Part::kTest) {
    const auto recommender = MakeBaseline(kind, dataset_, part, settings_, 1, pool_);
    const Query nobody;
    const auto rankings = recommender->Rank({&nobody, 1}, 1, SeenRule::kMask);
    return std::string(dataset_.ItemId(rankings.front().front()));
  }

  data::TemporaryFolder folder_;
  data::Dataset dataset_ = Open(folder_);
  base::ThreadPool pool_{1};
  EvaluateSettings settings_;
};

TEST_F(BaselinesTest, PopularityCountsTheTrainingPart) {
  EXPECT_EQ(Best(BaselineKind::kPopularity), "a");
}

TEST_F(BaselinesTest, PopularityCountsValidationTooIfAsked) {
  settings_.fit_baselines_on_validation = true;
  EXPECT_EQ(Best(BaselineKind::kPopularity), "b");
}

TEST_F(BaselinesTest, ValidationIsNeverFittedOnWhenItIsScored) {
  settings_.fit_baselines_on_validation = true;
  EXPECT_EQ(Best(BaselineKind::kPopularity, data::Part::kValidation), "a");
}

TEST_F(BaselinesTest, RecentPopularityCountsTheWindowBeforeThePart) {
  settings_.recent_days = 7;
  EXPECT_EQ(Best(BaselineKind::kRecentPopularity), "c");
  settings_.recent_days = 29;
  EXPECT_EQ(Best(BaselineKind::kRecentPopularity), "b");
  EXPECT_EQ(Best(BaselineKind::kRecentPopularity, data::Part::kValidation), "a");
}

TEST_F(BaselinesTest, EveryKindHasItsNameAndRanks) {
  const EvaluationSet set = MakeEvaluationSet(dataset_, data::Part::kTest, SeenRule::kAllow, 0, 1);
  std::vector<std::string> names;
  for (const BaselineKind kind : {BaselineKind::kPopularity, BaselineKind::kRecentPopularity, BaselineKind::kItemKnn,
                                  BaselineKind::kRepeatFrequency, BaselineKind::kEase, BaselineKind::kIals}) {
    const auto recommender = MakeBaseline(kind, dataset_, data::Part::kTest, settings_, 1, pool_);
    EXPECT_THAT(recommender->Rank(set.queries, 3, set.seen), Each(SizeIs(3)));
    names.push_back(recommender->Name());
  }
  EXPECT_THAT(names, ElementsAre("popularity", "recent_popularity", "item_knn", "repeat_frequency", "ease", "ials"));
}

TEST_F(BaselinesTest, EaseIsSkippedWhereItsMatrixTakesMoreMemoryThanAllowed) {
  EXPECT_EQ(ReasonToSkip(BaselineKind::kEase, dataset_, settings_), std::nullopt);
  settings_.ease.memory_gigabytes = 0;
  EXPECT_THAT(ReasonToSkip(BaselineKind::kEase, dataset_, settings_),
              Optional(HasSubstr("evaluate.ease.memory_gigabytes")));
  EXPECT_EQ(ReasonToSkip(BaselineKind::kIals, dataset_, settings_), std::nullopt);
}

// Nobody bought c in training; demand multiplies what the items of the history say, and that is nothing for c.
TEST_F(BaselinesTest, DemandOfTheWindowMultipliesScores) {
  settings_.ease.regularization = 1;
  settings_.ease.demand_exponent = 5;
  settings_.recent_days = 29;
  const auto recommender = MakeBaseline(BaselineKind::kEase, dataset_, data::Part::kTest, settings_, 1, pool_);
  Query query;
  query.history = {static_cast<std::int32_t>(*dataset_.FindItem("a"))};
  query.times = {0};
  EXPECT_EQ(dataset_.ItemId(recommender->Rank({&query, 1}, 1, SeenRule::kMask).front().front()), "b");
  settings_.ease.demand_exponent = 0;
  const auto plain = MakeBaseline(BaselineKind::kEase, dataset_, data::Part::kTest, settings_, 1, pool_);
  EXPECT_EQ(plain->Rank({&query, 1}, 1, SeenRule::kMask).front().size(), 1U);
}

TEST_F(BaselinesTest, TheSetOfADatasetKnowsItsPartAndStart) {
  const EvaluationSet set = MakeEvaluationSet(dataset_, data::Part::kTest, SeenRule::kMask, 0, 1);
  EXPECT_EQ(set.part, data::Part::kTest);
  ASSERT_THAT(set.queries, SizeIs(2));
  EXPECT_EQ(set.queries[0].now, dataset_.PartStart(data::Part::kTest));
  EXPECT_THAT(set.queries[0].history, SizeIs(4));
}

TEST_F(BaselinesTest, TheTrainingPartCannotBeScored) {
  EXPECT_THROW(MakeEvaluationSet(dataset_, data::Part::kTrain, SeenRule::kMask, 0, 1), Error);
}

TEST_F(BaselinesTest, AReportCarriesTheRulesOfTheDataset) {
  const ReportContext context = DescribeEvaluation(dataset_, data::Part::kTest, 5);
  EXPECT_EQ(context.seed, 5);
  EXPECT_EQ(context.split_rule, dataset_.split_rule());
  EXPECT_EQ(context.event_tie_rule, dataset_.tie_rule());
  EXPECT_EQ(context.dataset_digest, dataset_.digest());
}

}  // namespace
}  // namespace shortlist::eval
