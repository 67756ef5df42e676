#include "train/validation.h"

#include <string>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "shortlist/error.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

TEST(ParseMetric, ReadsKindAndLength) {
  EXPECT_EQ(ParseMetric("recall@20").kind, MetricKind::kRecall);
  EXPECT_EQ(ParseMetric("recall@20").k, 20);
  EXPECT_EQ(ParseMetric("hit_rate@1").kind, MetricKind::kHitRate);
  EXPECT_EQ(ParseMetric("mrr@5").kind, MetricKind::kMrr);
}

TEST(ParseMetric, RefusesAnythingElse) {
  for (const char* text : {"ndcg", "ndcg@", "ndcg@0", "ndcg@ten", "ndcg@10x", "auc@10", "@10", "ndcg@99999", ""}) {
    try {
      ParseMetric(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find("early_stop.metric"), std::string::npos);
    }
  }
}

TEST(Validation, ScoresAnUntrainedModelNearChance) {
  const ScratchDirectory directory;
  Settings settings = SmallSettings();
  settings.train.early_stop.metric = "recall@40";
  settings.evaluate.seen = {SeenRule::kAllow};
  const data::Dataset dataset = PrepareSmallRetailer(settings, directory.path());
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const model::TwoTower model(MakeSpec(settings.model, dataset),
                              MakeItemInputs(settings.model, dataset, data::Part::kValidation), *backend, 1);
  const Validation whole(settings, dataset, *backend);
  EXPECT_TRUE(whole.possible());
  EXPECT_EQ(whole.Score(model), 1) << "all 40 items are on every list";
  settings.train.early_stop.metric = "recall@4";
  EXPECT_LT(Validation(settings, dataset, *backend).Score(model), 0.5);
}

}  // namespace
}  // namespace shortlist::train
