// The baselines against the numbers published for the real data sets: within 3%, and those that are fitted (EASE, iALS)
// within 1% or better.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/thread_pool.h"
#include "data/fixtures.h"
#include "eval/baselines.h"
#include "eval/evaluation_set.h"
#include "eval/evaluator.h"

namespace shortlist::eval {
namespace {

constexpr double kTolerance = 0.03;
constexpr double kFittedTolerance = 0.01;

struct Published {
  double recall = 0;
  double ndcg = 0;
  std::optional<double> hit_rate = {};
};

// A prepared data set, made once for the tests of a fixture.
template <class Source>
class PublishedBaselinesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path source = data::RealData(Source::kFolder);
    if (source.empty()) return;
    // Tests run as processes of their own, several at once.
    folder = std::filesystem::path(::testing::TempDir()) /
             ("shortlist_" + std::string(Source::kFolder) + "_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    data::Prepare(Source::MakeSettings(source), folder, folder / "dataset");
    dataset = std::make_unique<data::Dataset>(data::Dataset::Open(folder / "dataset"));
  }
  static void TearDownTestSuite() {
    dataset.reset();
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  void SetUp() override {
    if (dataset == nullptr) {
      GTEST_SKIP() << "no real data: " << SHORTLIST_DATA_DIR << "/" << Source::kFolder << " is missing";
    }
    settings_.k = {Source::kLength};
    settings_.bootstrap_samples = 0;
  }

  EvaluationRow Score(BaselineKind kind, SeenRule seen) {
    const EvaluationSet set = MakeEvaluationSet(*dataset, data::Part::kTest, seen, 0, 1);
    return Evaluate(*MakeBaseline(kind, *dataset, data::Part::kTest, settings_, 1, pool_), set, settings_, 1);
  }

  void ExpectPublished(BaselineKind kind, SeenRule seen, const Published& published) {
    const EvaluationRow row = Score(kind, seen);
    const RankingScores& scores = row.at.at(Source::kLength);
    EXPECT_NEAR(scores.recall.value, published.recall, kTolerance * published.recall);
    EXPECT_NEAR(scores.ndcg.value, published.ndcg, kTolerance * published.ndcg);
    if (published.hit_rate) {
      EXPECT_NEAR(scores.hit_rate.value, *published.hit_rate, kTolerance * *published.hit_rate);
    }
  }

  void ExpectReached(BaselineKind kind, SeenRule seen, const Published& published) {
    const EvaluationRow row = Score(kind, seen);
    const RankingScores& scores = row.at.at(Source::kLength);
    EXPECT_GE(scores.recall.value, (1 - kFittedTolerance) * published.recall);
    EXPECT_GE(scores.ndcg.value, (1 - kFittedTolerance) * published.ndcg);
  }

  static inline std::filesystem::path folder;
  static inline std::unique_ptr<data::Dataset> dataset;
  base::ThreadPool pool_{2};
  EvaluateSettings settings_;
};

struct AmazonBeauty {
  static constexpr char kFolder[] = "amazon_beauty";
  static constexpr std::int64_t kLength = 10;
  static Settings MakeSettings(const std::filesystem::path& folder) {
    Settings settings;
    settings.data.events.paths = {(folder / "sequences.txt.zst").string()};
    settings.data.events.format = SourceFormat::kSequences;
    settings.data.split.rule = SplitRule::kLeaveOneOut;
    return settings;
  }
};

struct Gowalla {
  static constexpr char kFolder[] = "gowalla_lightgcn";
  static constexpr std::int64_t kLength = 20;
  static Settings MakeSettings(const std::filesystem::path& folder) {
    Settings settings;
    settings.data.events.paths = {(folder / "train.txt.zst").string()};
    settings.data.events.format = SourceFormat::kSequences;
    settings.data.split.rule = SplitRule::kFiles;
    settings.data.split.test_paths = {(folder / "test.txt.zst").string()};
    return settings;
  }
};

struct OnlineRetail {
  static constexpr char kFolder[] = "online_retail_ii";
  static constexpr std::int64_t kLength = 20;
  static Settings MakeSettings(const std::filesystem::path& folder) {
    Settings settings = data::OnlineRetail(folder);
    settings.features = {};
    settings.data.catalog = {};
    return settings;
  }
};

class AmazonBeautyBaselinesTest : public PublishedBaselinesTest<AmazonBeauty> {};

TEST_F(AmazonBeautyBaselinesTest, Popularity) {
  ExpectPublished(BaselineKind::kPopularity, SeenRule::kMask, {.recall = 0.0115, .ndcg = 0.0055});
}

TEST_F(AmazonBeautyBaselinesTest, ItemKnn) {
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kMask, {.recall = 0.0630, .ndcg = 0.0361});
}

TEST_F(AmazonBeautyBaselinesTest, ItemKnnWithRecencyWeightedHistory) {
  settings_.item_knn.history_decay = 0.8;
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kMask, {.recall = 0.0704, .ndcg = 0.0417});
}

class AmazonBeautyBaselinesSlowTest : public AmazonBeautyBaselinesTest {
 protected:
  AmazonBeautyBaselinesSlowTest() { settings_.ease.regularization = 30; }
};

TEST_F(AmazonBeautyBaselinesSlowTest, Ease) {
  ExpectReached(BaselineKind::kEase, SeenRule::kMask, {.recall = 0.0696, .ndcg = 0.0392});
}

TEST_F(AmazonBeautyBaselinesSlowTest, EaseWithRecencyWeightedHistory) {
  settings_.ease.history_decay = 0.8;
  ExpectReached(BaselineKind::kEase, SeenRule::kMask, {.recall = 0.0787, .ndcg = 0.0460});
}

TEST_F(AmazonBeautyBaselinesSlowTest, Ials) {
  settings_.ials.dimension = 128;
  settings_.ials.unobserved_weight = 0.005;
  settings_.ials.regularization = 0.004;
  ExpectReached(BaselineKind::kIals, SeenRule::kMask, {.recall = 0.0559, .ndcg = 0.0279});
}

class GowallaBaselinesTest : public PublishedBaselinesTest<Gowalla> {
 protected:
  void SetUp() override {
    PublishedBaselinesTest::SetUp();
    settings_.fit_baselines_on_validation = true;
  }
};

TEST_F(GowallaBaselinesTest, Popularity) {
  ExpectPublished(BaselineKind::kPopularity, SeenRule::kMask, {.recall = 0.0416, .ndcg = 0.0317});
}

TEST_F(GowallaBaselinesTest, ItemKnn) {
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kMask, {.recall = 0.139, .ndcg = 0.108});
}

TEST_F(GowallaBaselinesTest, ItemKnnWithUsersWeightedByLength) {
  settings_.item_knn.user_length_exponent = -0.5;
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kMask, {.recall = 0.160, .ndcg = 0.127});
}

class GowallaBaselinesSlowTest : public GowallaBaselinesTest {};

TEST_F(GowallaBaselinesSlowTest, Ials) {
  settings_.ials.unobserved_weight = 0.02;
  settings_.ials.epochs = 8;
  settings_.ials.regularization = 0.003;
  ExpectReached(BaselineKind::kIals, SeenRule::kMask, {.recall = 0.150, .ndcg = 0.129});
}

class OnlineRetailBaselinesTest : public PublishedBaselinesTest<OnlineRetail> {
 protected:
  void SetUp() override {
    PublishedBaselinesTest::SetUp();
    settings_.fit_baselines_on_validation = true;
  }
};

TEST_F(OnlineRetailBaselinesTest, Popularity) {
  ExpectPublished(BaselineKind::kPopularity, SeenRule::kAllow, {0.0437, 0.0878, 0.5873});
  ExpectPublished(BaselineKind::kPopularity, SeenRule::kMask, {0.0226, 0.0309, 0.3158});
}

TEST_F(OnlineRetailBaselinesTest, RecentPopularity) {
  ExpectPublished(BaselineKind::kRecentPopularity, SeenRule::kAllow, {0.0669, 0.1187, 0.7180});
  ExpectPublished(BaselineKind::kRecentPopularity, SeenRule::kMask, {0.0538, 0.0719, 0.5167});
}

TEST_F(OnlineRetailBaselinesTest, ItemKnn) {
  settings_.item_knn.neighbors = 0;
  settings_.item_knn.shrinkage = 30;
  settings_.item_knn.history_half_life_days = 180;
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kAllow, {0.1029, 0.1632, 0.7185});
  ExpectPublished(BaselineKind::kItemKnn, SeenRule::kMask, {0.0541, 0.0619, 0.4543});
}

TEST_F(OnlineRetailBaselinesTest, RepeatFrequency) {
  ExpectPublished(BaselineKind::kRepeatFrequency, SeenRule::kAllow, {0.2174, 0.3300, 0.8833});
}

// Each protocol with the regularization that is best on its validation part.
TEST_F(OnlineRetailBaselinesTest, Ease) {
  settings_.ease.regularization = 400;
  ExpectReached(BaselineKind::kEase, SeenRule::kAllow, {0.1587, 0.2397});
  settings_.ease.regularization = 700;
  ExpectReached(BaselineKind::kEase, SeenRule::kMask, {0.0728, 0.0850});
}

TEST_F(OnlineRetailBaselinesTest, EaseWithRecencyWeightedHistoryAndRecentDemand) {
  settings_.ease.history_half_life_days = 180;
  settings_.ease.demand_exponent = 0.25;
  settings_.ease.regularization = 400;
  ExpectReached(BaselineKind::kEase, SeenRule::kAllow, {0.1754, 0.2711});
  settings_.ease.regularization = 700;
  ExpectReached(BaselineKind::kEase, SeenRule::kMask, {0.0885, 0.1005});
}

class OnlineRetailBaselinesSlowTest : public OnlineRetailBaselinesTest {};

TEST_F(OnlineRetailBaselinesSlowTest, Ials) {
  settings_.ials.dimension = 128;
  settings_.ials.unobserved_weight = 1;
  ExpectReached(BaselineKind::kIals, SeenRule::kAllow, {0.1519, 0.2359});
  ExpectReached(BaselineKind::kIals, SeenRule::kMask, {0.0676, 0.0796});
}

}  // namespace
}  // namespace shortlist::eval
