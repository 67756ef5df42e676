#include "train/closed_form_fit.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "base/settings_kind.h"
#include "base/thread_pool.h"
#include "eval/baselines.h"
#include "eval/dot_product_recommender.h"
#include "eval/evaluation_set.h"
#include "shortlist/error.h"
#include "train/checkpoint.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

using ::testing::HasSubstr;

struct Case {
  ModelKind kind;
  BaselineKind baseline;
  TimeSettings time;
};

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  std::string name(base::NameOf(info.param.baseline));
  if (info.param.time.history_decay < 1) name += "_by_order";
  if (info.param.time.history_half_life_days > 0) name += "_by_time";
  if (info.param.time.demand_exponent > 0) name += "_in_demand";
  return name;
}

// The settings of the model and of the baseline, which are the same.
Settings SettingsOf(const Case& chosen) {
  Settings settings = SmallSettings();
  settings.model.kind = chosen.kind;
  settings.model.prior.window_days = settings.evaluate.recent_days = 9;
  if (chosen.baseline == BaselineKind::kRecentPopularity) settings.model.prior.kind = PriorKind::kRecentDemand;
  settings.train.include_validation = true;
  settings.evaluate.fit_baselines_on_validation = true;
  settings.evaluate.item_knn.neighbors = 6;
  settings.evaluate.ease.regularization = 5;
  settings.evaluate.ials.dimension = 6;
  for (TimeSettings* time :
       {static_cast<TimeSettings*>(&settings.evaluate.item_knn), static_cast<TimeSettings*>(&settings.evaluate.ease),
        static_cast<TimeSettings*>(&settings.evaluate.ials)}) {
    *time = chosen.time;
  }
  settings.model.item_knn = settings.evaluate.item_knn;
  settings.model.ease = settings.evaluate.ease;
  settings.model.ials = settings.evaluate.ials;
  return settings;
}

class FittedTest : public ::testing::Test {
 protected:
  data::Dataset Prepare() const { return PrepareSmallRetailer(SmallSettings(), scratch_.path()); }

  // Who have a next item, whether or not they had it before.
  eval::EvaluationSet AllShoppers() const {
    return eval::MakeEvaluationSet(dataset_, data::Part::kTest, SeenRule::kAllow, 0, 1);
  }

  // All items as the vectors of the model order them, with their scores.
  std::vector<std::vector<index::Neighbor>> OrderOfModel(const model::TwoTower& model,
                                                         const std::vector<eval::Query>& queries, SeenRule seen) const {
    std::vector<float> items(static_cast<std::size_t>(dataset_.items() * model.vector_width()));
    model.EncodeItems(0, dataset_.items(), items);
    const auto encode = [&](std::span<const eval::Query> asked) {
      return EncodeQueries(model, dataset_, data::Part::kTest, asked);
    };
    const eval::DotProductRecommender recommender("model", items, model.vector_width(), encode, *backend_);
    return recommender.Search(queries, recommender.Encode(queries), dataset_.items(), seen);
  }

  ScratchDirectory scratch_;
  data::Dataset dataset_ = Prepare();
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

class ClosedFormFitTest : public FittedTest, public ::testing::WithParamInterface<Case> {};

// Items of positive score stand as the baseline ranks them, up to equal scores whose roundings differ.
TEST_P(ClosedFormFitTest, TheVectorsOfTheModelOrderItemsAsTheBaselineRanksThem) {
  const Settings settings = SettingsOf(GetParam());
  const model::TwoTower model = FitClosedForm(settings, dataset_, *backend_);
  base::ThreadPool pool(1);
  const auto baseline =
      eval::MakeBaseline(GetParam().baseline, dataset_, data::Part::kTest, settings.evaluate, settings.seed, pool);
  const eval::EvaluationSet set = AllShoppers();
  std::int64_t compared = 0;
  for (const SeenRule seen : {SeenRule::kMask, SeenRule::kAllow}) {
    const auto ordered = OrderOfModel(model, set.queries, seen);
    const eval::Rankings ranked = baseline->Rank(set.queries, dataset_.items(), seen);
    for (std::size_t query = 0; query < ordered.size(); ++query) {
      std::vector<float> scores(static_cast<std::size_t>(dataset_.items()));
      for (const index::Neighbor& item : ordered[query]) scores[static_cast<std::size_t>(item.id)] = item.score;
      ASSERT_EQ(ranked[query].size(), ordered[query].size());
      for (std::size_t place = 0; place < ordered[query].size() && ordered[query][place].score > 1e-6F; ++place) {
        const float wanted = scores[static_cast<std::size_t>(ranked[query][place])];
        ASSERT_NEAR(ordered[query][place].score, wanted, 1e-5 * std::abs(wanted)) << "place " << place;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 400);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ClosedFormFitTest,
                         ::testing::Values(Case{ModelKind::kPopularity, BaselineKind::kPopularity, {}},
                                           Case{ModelKind::kPopularity, BaselineKind::kRecentPopularity, {}},
                                           Case{ModelKind::kItemKnn, BaselineKind::kItemKnn, {}},
                                           Case{ModelKind::kItemKnn, BaselineKind::kItemKnn, {0.8, 4, 0.25}},
                                           Case{ModelKind::kEase, BaselineKind::kEase, {}},
                                           Case{ModelKind::kEase, BaselineKind::kEase, {0.8, 0, 0.25}},
                                           Case{ModelKind::kIals, BaselineKind::kIals, {}},
                                           Case{ModelKind::kIals, BaselineKind::kIals, {1, 4, 0.25}}),
                         NameOf);

class ClosedFormTrainingTest : public FittedTest {};

TEST_F(ClosedFormTrainingTest, ItemKnnLeavesItemsWithoutASimilarOneToPopularity) {
  Settings settings = SettingsOf({ModelKind::kItemKnn, BaselineKind::kItemKnn, {}});
  settings.model.item_knn.neighbors = settings.evaluate.item_knn.neighbors = 1;
  const model::TwoTower model = FitClosedForm(settings, dataset_, *backend_);
  base::ThreadPool pool(1);
  const auto baseline =
      eval::MakeBaseline(BaselineKind::kItemKnn, dataset_, data::Part::kTest, settings.evaluate, settings.seed, pool);
  const eval::EvaluationSet set = AllShoppers();
  const auto ordered = OrderOfModel(model, set.queries, SeenRule::kAllow);
  const eval::Rankings ranked = baseline->Rank(set.queries, dataset_.items(), SeenRule::kAllow);
  for (std::size_t query = 0; query < ordered.size(); ++query) {
    std::vector<std::int32_t> rest;
    std::vector<std::int32_t> expected;
    for (std::size_t place = 0; place < ordered[query].size(); ++place) {
      if (ordered[query][place].score > 1e-6F) continue;
      rest.push_back(ordered[query][place].id);
      expected.push_back(ranked[query][place]);
    }
    ASSERT_EQ(rest, expected);
    ASSERT_GT(rest.size(), 10U);
  }
}

TEST_F(ClosedFormTrainingTest, WritesACheckpointThatLoads) {
  Settings settings = SettingsOf({ModelKind::kIals, BaselineKind::kIals, {0.8, 0, 0.25}});
  settings.train.include_validation = false;
  const TrainReport report = Train(settings, dataset_, *backend_, scratch_ / "checkpoints", Start::kFresh);
  EXPECT_EQ(report.steps, 0);
  EXPECT_GT(report.best_metric, 0.1);
  const std::filesystem::path directory = FindModel(scratch_ / "checkpoints");
  EXPECT_EQ(ReadLineage(directory.parent_path()).DatasetDigest(), dataset_.digest());
  const model::TwoTower loaded = model::TwoTower::Load(directory, *backend_);
  const model::TwoTower fitted = FitClosedForm(settings, dataset_, *backend_);
  const eval::EvaluationSet set = AllShoppers();
  const auto expected = OrderOfModel(fitted, set.queries, SeenRule::kAllow);
  const auto ordered = OrderOfModel(loaded, set.queries, SeenRule::kAllow);
  for (std::size_t query = 0; query < expected.size(); ++query) {
    ASSERT_EQ(index::IdsOf(ordered[query]), index::IdsOf(expected[query]));
  }
}

TEST_F(ClosedFormTrainingTest, ReplacesTheBestModelOfAnEarlierTraining) {
  Settings settings = SmallSettings();
  settings.train.epochs = 1;
  Train(settings, dataset_, *backend_, scratch_ / "checkpoints", Start::kFresh);
  ASSERT_EQ(FindModel(scratch_ / "checkpoints").parent_path().filename(), "best");
  settings.model.kind = ModelKind::kPopularity;
  Train(settings, dataset_, *backend_, scratch_ / "checkpoints", Start::kFresh);
  const model::TwoTower model = model::TwoTower::Load(FindModel(scratch_ / "checkpoints"), *backend_);
  EXPECT_EQ(model.spec().settings.kind, ModelKind::kPopularity);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "checkpoints" / "best"));
}

TEST_F(ClosedFormTrainingTest, AMatrixBeyondItsMemoryIsRefusedByName) {
  Settings settings = SettingsOf({ModelKind::kEase, BaselineKind::kEase, {}});
  settings.model.ease.memory_gigabytes = 1e-9;
  try {
    FitClosedForm(settings, dataset_, *backend_);
    FAIL() << "fitted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), HasSubstr("model.ease.memory_gigabytes"));
  }
}

}  // namespace
}  // namespace shortlist::train
