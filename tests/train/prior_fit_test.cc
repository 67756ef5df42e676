#include "train/prior_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "shortlist/error.h"
#include "train/present.h"
#include "train/small_retailer.h"
#include "train/snapshot_reader.h"
#include "train/trainer.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr double kRegularization = 0.01;

class PriorFitTest : public testing::Test {
 protected:
  static Settings MakeSettings() {
    Settings settings = SmallSettings();
    settings.train.epochs = 1;
    settings.train.batch_order = BatchOrder::kTimeCoherent;
    settings.model.prior = {.kind = PriorKind::kRecentDemand,
                            .window_days = 0.5,
                            .weight = 0.5,
                            .learned = true,
                            .further_windows_days = {2},
                            .refit = {.snapshots = 2, .horizon_days = 5, .regularization = kRegularization}};
    return settings;
  }
  std::filesystem::path checkpoints() const { return directory_ / "checkpoints"; }
  void TrainIt() { Train(settings_, dataset_, *backend_, checkpoints(), Start::kFresh); }

  // What is least at the fitted weights, by the definition: the mean log loss of the new items that shoppers took, and
  // the penalty of what the weights changed.
  double Loss(const std::vector<float>& weights) {
    model::TwoTower towers = model::TwoTower::Load(FindModel(checkpoints()), *backend_);
    const std::vector<float> trained = towers.PriorWeights();
    double penalty = 0;
    for (std::size_t w = 0; w < weights.size(); ++w) {
      penalty += kRegularization / 2 * std::pow(weights[w] - trained[w], 2);
    }
    towers.ReplacePriorWeights(weights);
    const EventLog log = MakeEventLog({&dataset_.part(data::Part::kTrain)});
    SnapshotReader reader(settings_, dataset_, log, towers, *backend_);
    double sum = 0;
    int shoppers_with_new = 0;
    for (const int back : {1, 2}) {
      const std::int64_t time = PresentTime(log) - back * 5 * kDay;
      const auto shoppers = reader.ShoppersAt(time, 5, 1000);
      reader.MoveTo(time);
      reader.ForEachPart(shoppers, [&](auto part, auto /*vectors*/, auto scores) {
        for (std::size_t row = 0; row < part.size(); ++row) {
          const auto loss = LossOf(part[row], log, scores.subspan(row * 40, 40), towers.LogitScale());
          sum += loss.value_or(0);
          shoppers_with_new += loss.has_value() ? 1 : 0;
        }
      });
    }
    return sum / shoppers_with_new + penalty;
  }
  // None of a shopper who took nothing new.
  static std::optional<double> LossOf(const SnapshotShopper& shopper, const EventLog& log,
                                      std::span<const float> scores, double scale) {
    const auto own = DistinctItems(shopper.History(log).items);
    double sum = 0;
    for (std::int32_t item = 0; item < 40; ++item) {
      if (!std::ranges::binary_search(own, item)) sum += std::exp(scale * scores[static_cast<std::size_t>(item)]);
    }
    double loss = 0;
    double fresh = 0;
    for (const std::int32_t item : DistinctItems(shopper.Taken(log))) {
      if (std::ranges::binary_search(own, item)) continue;
      loss += std::log(sum) - scale * scores[static_cast<std::size_t>(item)];
      ++fresh;
    }
    return fresh == 0 ? std::nullopt : std::optional(loss / fresh);
  }

  ScratchDirectory directory_;
  Settings settings_ = MakeSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(PriorFitTest, NoOtherWeightsExplainTheSnapshotsBetter) {
  TrainIt();
  const PriorWeights fitted = ReadPriorWeights(PriorFileOf(checkpoints()));
  ASSERT_EQ(fitted.weights.size(), 2U);
  const std::vector<float> weights(fitted.weights.begin(), fitted.weights.end());
  const std::vector<float> trained = model::TwoTower::Load(FindModel(checkpoints()), *backend_).PriorWeights();
  const double best = Loss(weights);
  EXPECT_LT(best, Loss(trained));
  for (std::size_t w = 0; w < 2; ++w) {
    for (const float step : {-0.2F, 0.2F}) {
      std::vector<float> moved = weights;
      moved[w] += step;
      EXPECT_LT(best, Loss(moved)) << w << " " << step;
    }
  }
}

TEST_F(PriorFitTest, AModelIsLoadedWithTheWeightsThatWereFittedToIt) {
  TrainIt();
  const PriorWeights fitted = ReadPriorWeights(PriorFileOf(checkpoints()));
  const std::vector<float> loaded = LoadFitted(FindModel(checkpoints()), *backend_).PriorWeights();
  EXPECT_EQ(loaded, std::vector<float>(fitted.weights.begin(), fitted.weights.end()));

  PriorWeights stale = fitted;
  stale.model_sha256 = "another";
  WritePriorWeights(stale, PriorFileOf(checkpoints()));
  EXPECT_THROW(LoadFitted(FindModel(checkpoints()), *backend_), Error);
  std::filesystem::remove(PriorFileOf(checkpoints()));
  EXPECT_THROW(LoadFitted(FindModel(checkpoints()), *backend_), Error);
  Train(settings_, dataset_, *backend_, checkpoints(), Start::kResume);
  EXPECT_EQ(LoadFitted(FindModel(checkpoints()), *backend_).PriorWeights(), loaded) << "a resumed run makes up for it";
}

TEST_F(PriorFitTest, WithoutTheSettingThereAreNone) {
  settings_.model.prior.refit.snapshots = 0;
  TrainIt();
  EXPECT_FALSE(std::filesystem::exists(PriorFileOf(checkpoints())));
  LoadFitted(FindModel(checkpoints()), *backend_);
}

TEST_F(PriorFitTest, SaysWhenNobodyTookANewItem) {
  settings_.model.prior.refit.horizon_days = 10000;
  settings_.model.prior.refit.snapshots = 1;
  EXPECT_THROW(TrainIt(), Error);
}

}  // namespace
}  // namespace shortlist::train
