#include "train/repeat_fit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "shortlist/error.h"
#include "train/present.h"
#include "train/prior_fit.h"
#include "train/training_data.h"

namespace shortlist::train {
namespace {

// log of the sum of exp(scale * score) over the items that are not among `own` (rising).
double LogSumOfOthers(std::span<const float> scores, std::span<const std::int32_t> own, double scale) {
  const double largest = scale * *std::ranges::max_element(scores);
  double sum = 0;
  auto next = own.begin();
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (next != own.end() && static_cast<std::size_t>(*next) == item) {
      ++next;
    } else {
      sum += std::exp(scale * static_cast<double>(scores[item]) - largest);
    }
  }
  return largest + std::log(sum);
}

repeat::RepeatWeights InUnitsOfScores(const RepeatSettings& settings, std::vector<double> in_logits, double scale) {
  const double unit = settings.emphasis / scale;
  const std::size_t values = in_logits.size() - 2;
  repeat::RepeatWeights weights;
  weights.half_lives_days = settings.half_lives_days;
  weights.of_similarity = in_logits[values] * unit;
  weights.of_item_term = in_logits[values + 1] * unit;
  in_logits.resize(values);
  for (const double weight : in_logits) weights.of_values.push_back(weight * unit);
  return weights;
}

}  // namespace

ChoiceReader::ChoiceReader(const Settings& settings, const data::Dataset& dataset, const EventLog& log,
                           model::TwoTower& towers, tensor::Backend& backend)
    : settings_(&settings),
      reader_(settings, dataset, log, towers, backend),
      purchases_(settings.model.repeat.half_lives_days),
      scale_(towers.LogitScale()) {}

std::vector<repeat::Choice> ChoiceReader::ChoicesAt(std::int64_t time) {
  const RepeatSettings& repeat = settings_->model.repeat;
  const std::vector<SnapshotShopper> shoppers = reader_.ShoppersAt(time, repeat.horizon_days, repeat.max_shoppers);
  std::vector<repeat::Choice> choices;
  if (shoppers.empty()) return choices;
  reader_.MoveTo(time);
  const auto items = static_cast<std::size_t>(reader_.items());
  reader_.ForEachPart(shoppers, [&](std::span<const SnapshotShopper> part, std::span<const float> vectors,
                                    std::span<const float> scores) {
    const std::size_t width = vectors.size() / part.size();
    for (std::size_t row = 0; row < part.size(); ++row) {
      choices.push_back(
          ChoiceOf(part[row], vectors.subspan(row * width, width), scores.subspan(row * items, items), time));
    }
  });
  return choices;
}

repeat::Choice ChoiceReader::ChoiceOf(const SnapshotShopper& shopper, std::span<const float> vector,
                                      std::span<const float> scores, std::int64_t time) const {
  const repeat::OwnItems own = purchases_.Describe(shopper.History(reader_.log()), time);
  const auto dimension = static_cast<std::size_t>(settings_->model.dimension);
  const auto described = static_cast<std::size_t>(purchases_.width());
  repeat::Choice choice;
  choice.log_others = LogSumOfOthers(scores, own.items, scale_);
  for (std::size_t place = 0; place < own.items.size(); ++place) {
    const auto item = static_cast<std::size_t>(own.items[place]);
    choice.logits.push_back(scale_ * static_cast<double>(scores[item]));
    const auto values = own.values.begin() + static_cast<std::ptrdiff_t>(place * described);
    choice.values.insert(choice.values.end(), values, values + static_cast<std::ptrdiff_t>(described));
    const float item_term =
        vector.size() > dimension ? vector.back() * reader_.item_vectors()[(item + 1) * vector.size() - 1] : 0;
    choice.values.push_back(scores[item] - item_term);
    choice.values.push_back(item_term);
  }
  for (const std::int32_t item : DistinctItems(shopper.Taken(reader_.log()))) {
    const auto found = std::ranges::lower_bound(own.items, item);
    if (found == own.items.end() || *found != item) {
      ++choice.others_bought;
    } else {
      choice.bought.push_back(static_cast<std::int32_t>(found - own.items.begin()));
    }
  }
  return choice;
}

repeat::RepeatWeights FitRepeatWeights(const Settings& settings, const data::Dataset& dataset,
                                       const std::filesystem::path& directory, tensor::Backend& backend) {
  model::TwoTower towers = LoadFitted(directory, backend);
  const EventLog log = MakeEventLog(TrainedParts(settings.train, dataset));
  ChoiceReader reader(settings, dataset, log, towers, backend);
  const RepeatSettings& repeat = settings.model.repeat;
  const std::int64_t end = PresentTime(log);
  std::vector<repeat::Choice> choices;
  for (std::int64_t back = 1; back <= repeat.snapshots; ++back) {
    std::ranges::move(reader.ChoicesAt(end - back * WindowSeconds(repeat.horizon_days)), std::back_inserter(choices));
  }
  if (choices.empty()) {
    throw Error(Code::kFailedPrecondition,
                fmt::format("model.repeat: no shopper bought within {} snapshots of {:g} days and before them; make "
                            "horizon_days fit the {} events of training",
                            repeat.snapshots, repeat.horizon_days, log.events()));
  }
  const std::int64_t width = repeat::OwnPurchases(repeat.half_lives_days).width() + 2;
  const std::vector<double> none(static_cast<std::size_t>(width), 0.0);
  const std::vector<double> in_logits = repeat::FitWeights(choices, width, repeat.regularization);
  base::LogInfo(fmt::format("fitted repeat purchases to {} choices: loss {:.4f}, {:.4f} without", choices.size(),
                            repeat::LossOf(choices, in_logits), repeat::LossOf(choices, none)));
  repeat::RepeatWeights weights = InUnitsOfScores(repeat, in_logits, towers.LogitScale());
  weights.model_sha256 = base::Sha256OfFile(directory.parent_path() / "checkpoint.json");
  return weights;
}

std::filesystem::path RepeatFileOf(const std::filesystem::path& checkpoints) {
  return checkpoints / "repeat.json";
}

}  // namespace shortlist::train
