#include "train/validation.h"

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

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
