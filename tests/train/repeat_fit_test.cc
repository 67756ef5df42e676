#include "train/repeat_fit.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"
#include "train/present.h"
#include "train/small_retailer.h"
#include "train/trainer.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kDay = 86400;

class RepeatFitTest : public testing::Test {
 protected:
  static Settings MakeSettings() {
    Settings settings = SmallSettings();
    settings.train.epochs = 1;
    settings.model.prior = {.kind = PriorKind::kRecentDemand, .window_days = 5, .weight = 0.5};
    settings.model.repeat = {.kind = RepeatKind::kOwnPurchases, .half_lives_days = {5, 50}, .horizon_days = 5};
    return settings;
  }

  std::filesystem::path checkpoints() const { return directory_ / "checkpoints"; }
  void TrainIt(const Settings& settings) { Train(settings, dataset_, *backend_, checkpoints(), Start::kFresh); }

  ScratchDirectory directory_;
  Settings settings_ = MakeSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(RepeatFitTest, ChoicesAreWhatTheModelWouldHaveSaidAtTheTime) {
  TrainIt(settings_);
  model::TwoTower towers = model::TwoTower::Load(FindModel(checkpoints()), *backend_);
  const EventLog log = MakeEventLog({&dataset_.part(data::Part::kTrain)});
  const std::int64_t time = PresentTime(log) - 10 * kDay;
  ChoiceReader reader(settings_, dataset_, log, towers, *backend_);
  const std::vector<repeat::Choice> choices = reader.ChoicesAt(time);

  std::size_t next = 0;
  std::int64_t repeats = 0;
  for (std::size_t user = 0; user + 1 < log.offsets.size(); ++user) {
    std::set<std::int32_t> own;
    std::set<std::int32_t> bought;
    for (auto event = static_cast<std::size_t>(log.offsets[user]);
         event < static_cast<std::size_t>(log.offsets[user + 1]); ++event) {
      if (log.times[event] < time) own.insert(log.items[event]);
      if (log.times[event] >= time && log.times[event] < time + 5 * kDay) bought.insert(log.items[event]);
    }
    if (own.empty() || bought.empty()) continue;
    ASSERT_LT(next, choices.size());
    const repeat::Choice& choice = choices[next++];
    EXPECT_EQ(choice.logits.size(), own.size());
    EXPECT_EQ(choice.bought.size() + static_cast<std::size_t>(choice.others_bought), bought.size());
    for (const std::int32_t place : choice.bought) {
      EXPECT_TRUE(bought.contains(*std::next(own.begin(), place)));
      ++repeats;
    }
  }
  EXPECT_EQ(next, choices.size());
  EXPECT_GT(repeats, 10);
}

TEST_F(RepeatFitTest, NothingOfTheFutureReachesAChoice) {
  TrainIt(settings_);
  model::TwoTower towers = model::TwoTower::Load(FindModel(checkpoints()), *backend_);
  EventLog log = MakeEventLog({&dataset_.part(data::Part::kTrain)});
  const std::int64_t time = PresentTime(log) - 10 * kDay;
  const auto read = [&] { return ChoiceReader(settings_, dataset_, log, towers, *backend_).ChoicesAt(time); };
  const std::vector<repeat::Choice> before = read();
  // Other purchases after the time change what was bought, and nothing else.
  for (std::size_t event = 0; event < log.items.size(); ++event) {
    if (log.times[event] >= time)
      log.items[event] = (log.items[event] + 1) % static_cast<std::int32_t>(dataset_.items());
  }
  const std::vector<repeat::Choice> after = read();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].log_others, before[i].log_others);
    EXPECT_EQ(after[i].logits, before[i].logits);
    EXPECT_EQ(after[i].values, before[i].values);
  }
}

TEST_F(RepeatFitTest, LogitsAreThoseOfTheVectors) {
  TrainIt(settings_);
  model::TwoTower towers = model::TwoTower::Load(FindModel(checkpoints()), *backend_);
  const EventLog log = MakeEventLog({&dataset_.part(data::Part::kTrain)});
  ChoiceReader reader(settings_, dataset_, log, towers, *backend_);
  const std::vector<repeat::Choice> choices = reader.ChoicesAt(PresentTime(log) - 10 * kDay);
  ASSERT_FALSE(choices.empty());
  const auto width = static_cast<std::size_t>(repeat::OwnPurchases({5, 50}).width()) + 2;
  const double scale = towers.LogitScale();
  for (const repeat::Choice& choice : choices) {
    for (std::size_t place = 0; place < choice.logits.size(); ++place) {
      const double similarity = choice.values[(place + 1) * width - 2];
      const double item_term = choice.values[(place + 1) * width - 1];
      EXPECT_NEAR(choice.logits[place], scale * (similarity + item_term), 1e-4);
      EXPECT_LE(std::abs(similarity), 1.0001) << "a cosine";
      EXPECT_GE(item_term, 0);
    }
  }
}

TEST_F(RepeatFitTest, TrainingLeavesWeightsOfItsModel) {
  TrainIt(settings_);
  const repeat::RepeatWeights weights = repeat::ReadRepeatWeights(RepeatFileOf(checkpoints()));
  EXPECT_EQ(weights.half_lives_days, settings_.model.repeat.half_lives_days);
  EXPECT_TRUE(std::ranges::any_of(weights.of_values, [](double weight) { return weight != 0; }));
  const auto checkpoint = FindModel(checkpoints()).parent_path();
  EXPECT_EQ(weights.model_sha256, base::Sha256OfFile(checkpoint / "checkpoint.json"));
  const std::string first = base::ReadFile(RepeatFileOf(checkpoints()));
  std::filesystem::remove(RepeatFileOf(checkpoints()));
  Train(settings_, dataset_, *backend_, checkpoints(), Start::kResume);
  EXPECT_EQ(base::ReadFile(RepeatFileOf(checkpoints())), first) << "a resumed run makes up for it";
}

TEST_F(RepeatFitTest, EmphasisIsAFactorOfTheFittedWeights) {
  TrainIt(settings_);
  const std::filesystem::path model = FindModel(checkpoints());
  const repeat::RepeatWeights fitted = FitRepeatWeights(settings_, dataset_, model, *backend_);
  settings_.model.repeat.emphasis = 1.5;
  const repeat::RepeatWeights emphasized = FitRepeatWeights(settings_, dataset_, model, *backend_);
  ASSERT_EQ(emphasized.of_values.size(), fitted.of_values.size());
  for (std::size_t i = 0; i < fitted.of_values.size(); ++i) {
    EXPECT_DOUBLE_EQ(emphasized.of_values[i], 1.5 * fitted.of_values[i]);
  }
  EXPECT_DOUBLE_EQ(emphasized.of_similarity, 1.5 * fitted.of_similarity);
  EXPECT_DOUBLE_EQ(emphasized.of_item_term, 1.5 * fitted.of_item_term);
}

TEST_F(RepeatFitTest, WithoutTheSettingThereAreNoWeights) {
  settings_.model.repeat.kind = RepeatKind::kNone;
  TrainIt(settings_);
  EXPECT_FALSE(std::filesystem::exists(RepeatFileOf(checkpoints())));
}

TEST_F(RepeatFitTest, SaysWhenNobodyBoughtInTheWindows) {
  settings_.model.repeat.horizon_days = 10000;
  settings_.model.repeat.snapshots = 1;
  EXPECT_THROW(TrainIt(settings_), Error);
}

TEST_F(RepeatFitTest, TakesAtMostTheShoppersThatItMay) {
  settings_.model.repeat.max_shoppers = 7;
  TrainIt(settings_);
  model::TwoTower towers = model::TwoTower::Load(FindModel(checkpoints()), *backend_);
  const EventLog log = MakeEventLog({&dataset_.part(data::Part::kTrain)});
  ChoiceReader reader(settings_, dataset_, log, towers, *backend_);
  EXPECT_EQ(reader.ChoicesAt(PresentTime(log) - 10 * kDay).size(), 7U);
}

}  // namespace
}  // namespace shortlist::train
