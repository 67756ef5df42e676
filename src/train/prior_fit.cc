#include "train/prior_fit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "base/manifest.h"
#include "base/sealed_json.h"
#include "repeat/newton.h"
#include "shortlist/error.h"
#include "train/present.h"
#include "train/snapshot_reader.h"
#include "train/training_data.h"

namespace shortlist::train {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "shortlist.prior";
constexpr int kFormatVersion = 1;

// Loss and derivatives, summed over shoppers.
class ChoiceSums {
 public:
  explicit ChoiceSums(std::size_t width)
      : gradient_(width, 0.0), hessian_(width * width, 0.0), mean_(width), values_(width) {}

  std::int64_t shoppers() const { return shoppers_; }

  // A shopper whose logits are scale * scores by the model, before the weights of the inputs [items, width] change.
  void Add(std::span<const float> scores, std::span<const float> inputs, double scale,
           std::span<const std::int32_t> own, std::span<const std::int32_t> taken, std::span<const double> weights) {
    scores_ = scores;
    inputs_ = inputs;
    scale_ = scale;
    std::vector<std::int32_t> fresh;
    std::ranges::set_difference(taken, own, std::back_inserter(fresh));
    if (fresh.empty()) return;
    ++shoppers_;
    const double log_sum = AddExpected(own, weights);
    const double share = 1 / static_cast<double>(fresh.size());
    loss_ += log_sum;
    for (const std::int32_t item : fresh) {
      Describe(static_cast<std::size_t>(item));
      loss_ -= share * Logit(static_cast<std::size_t>(item), weights);
      for (std::size_t i = 0; i < values_.size(); ++i) gradient_[i] -= share * values_[i];
    }
  }

  repeat::Expansion Mean() const {
    repeat::Expansion mean{loss_, gradient_, hessian_};
    const double count = static_cast<double>(std::max<std::int64_t>(1, shoppers_));
    mean.loss /= count;
    for (double& value : mean.gradient) value /= count;
    for (double& value : mean.hessian) value /= count;
    return mean;
  }

 private:
  void Describe(std::size_t item) {
    for (std::size_t w = 0; w < values_.size(); ++w) values_[w] = inputs_[item * values_.size() + w];
  }
  double Logit(std::size_t item, std::span<const double> weights) const {
    double logit = scale_ * static_cast<double>(scores_[item]);
    for (std::size_t i = 0; i < values_.size(); ++i) logit += weights[i] * values_[i];
    return logit;
  }

  // Adds what is expected over the items that are not own; returns the log of the sum of their exponentials.
  double AddExpected(std::span<const std::int32_t> own, std::span<const double> weights) {
    logits_.clear();
    auto next = own.begin();
    for (std::size_t item = 0; item < scores_.size(); ++item) {
      if (next != own.end() && static_cast<std::size_t>(*next) == item) {
        ++next;
        logits_.push_back(-std::numeric_limits<double>::infinity());
        continue;
      }
      Describe(item);
      logits_.push_back(Logit(item, weights));
    }
    const double largest = *std::ranges::max_element(logits_);
    double sum = 0;
    for (double& logit : logits_) sum += logit = std::exp(logit - largest);
    AddMoments(sum);
    return largest + std::log(sum);
  }

  void AddMoments(double sum) {
    const std::size_t width = values_.size();
    std::ranges::fill(mean_, 0.0);
    for (std::size_t item = 0; item < logits_.size(); ++item) {
      const double probability = logits_[item] / sum;
      if (probability == 0) continue;
      Describe(item);
      for (std::size_t row = 0; row < width; ++row) {
        const double weighted = probability * values_[row];
        mean_[row] += weighted;
        for (std::size_t column = 0; column <= row; ++column) {
          hessian_[row * width + column] += weighted * values_[column];
        }
      }
    }
    for (std::size_t row = 0; row < width; ++row) {
      gradient_[row] += mean_[row];
      for (std::size_t column = 0; column <= row; ++column) {
        hessian_[row * width + column] -= mean_[row] * mean_[column];
      }
    }
  }

  double loss_ = 0;
  std::int64_t shoppers_ = 0;
  std::vector<double> gradient_;
  std::vector<double> hessian_;
  std::vector<double> mean_;
  std::vector<double> values_;
  std::vector<double> logits_;

  std::span<const float> scores_;
  std::span<const float> inputs_;
  double scale_ = 1;
};

// The loss over all snapshots. Scores are computed anew at every call, so that memory is that of a part of a snapshot.
class SnapshotLoss {
 public:
  SnapshotLoss(const Settings& settings, SnapshotReader& reader, const model::TwoTower& towers)
      : refit_(settings.model.prior.refit),
        reader_(reader),
        towers_(towers),
        scale_(towers.LogitScale()),
        end_(PresentTime(reader.log())) {}

  std::int64_t width() const { return model::DemandWidth(towers_.spec().settings.prior); }

  ChoiceSums At(std::span<const double> weights) {
    ChoiceSums sums(static_cast<std::size_t>(width()));
    for (std::int64_t back = 1; back <= refit_.snapshots; ++back) {
      const std::int64_t time = end_ - back * WindowSeconds(refit_.horizon_days);
      const auto shoppers = reader_.ShoppersAt(time, refit_.horizon_days, refit_.max_shoppers);
      reader_.MoveTo(time);
      reader_.ForEachPart(shoppers, [&](auto part, auto /*vectors*/, std::span<const float> scores) {
        AddPart(part, scores, weights, sums);
      });
    }
    return sums;
  }

 private:
  void AddPart(std::span<const SnapshotShopper> part, std::span<const float> scores, std::span<const double> weights,
               ChoiceSums& sums) const {
    const auto items = static_cast<std::size_t>(reader_.items());
    for (std::size_t row = 0; row < part.size(); ++row) {
      const EventLog& log = reader_.log();
      sums.Add(scores.subspan(row * items, items), reader_.prior_inputs(), scale_,
               DistinctItems(part[row].History(log).items), DistinctItems(part[row].Taken(log)), weights);
    }
  }

  const PriorRefitSettings& refit_;
  SnapshotReader& reader_;
  const model::TwoTower& towers_;
  double scale_;
  std::int64_t end_;
};

}  // namespace

PriorWeights FitPriorWeights(const Settings& settings, const data::Dataset& dataset,
                             const std::filesystem::path& directory, tensor::Backend& backend) {
  model::TwoTower towers = model::TwoTower::Load(directory, backend);
  const EventLog log = MakeEventLog(TrainedParts(settings.train, dataset));
  SnapshotReader reader(settings, dataset, log, towers, backend);
  SnapshotLoss loss(settings, reader, towers);
  const std::vector<double> none(static_cast<std::size_t>(loss.width()), 0.0);
  const ChoiceSums before = loss.At(none);
  const PriorRefitSettings& refit = settings.model.prior.refit;
  if (before.shoppers() == 0) {
    throw Error(Code::kFailedPrecondition,
                fmt::format("model.prior.refit: no shopper took a new item in {} snapshots of {:g} days; make "
                            "horizon_days fit the {} events of training",
                            refit.snapshots, refit.horizon_days, log.events()));
  }
  const std::vector<double> changes = repeat::MinimizeConvex(
      [&](std::span<const double> weights) { return loss.At(weights).Mean(); }, loss.width(), refit.regularization);
  base::LogInfo(fmt::format("fitted demand to {} choices: loss {:.4f}, {:.4f} before", before.shoppers(),
                            loss.At(changes).Mean().loss, before.Mean().loss));
  PriorWeights fitted;
  const std::vector<float> trained = towers.PriorWeights();
  for (std::size_t w = 0; w < trained.size(); ++w) {
    fitted.weights.push_back(static_cast<double>(trained[w]) + changes[w]);
  }
  fitted.model_sha256 = base::Sha256OfFile(directory.parent_path() / "checkpoint.json");
  return fitted;
}

std::filesystem::path PriorFileOf(const std::filesystem::path& checkpoints) {
  return checkpoints / "prior.json";
}

void WritePriorWeights(const PriorWeights& weights, const std::filesystem::path& path) {
  const json out = {{"format", kFormat},
                    {"version", kFormatVersion},
                    {"model_sha256", weights.model_sha256},
                    {"weights", weights.weights}};
  base::WriteFileAtomically(path, base::SealJson(out.dump(2)));
}

PriorWeights ReadPriorWeights(const std::filesystem::path& path) {
  const std::string text = base::ReadSealedJson(path);
  try {
    const json in = json::parse(text);
    if (in.at("format") != kFormat || in.at("version") != kFormatVersion) {
      throw Error(Code::kFailedPrecondition,
                  "'" + path.string() + "' is of another format or version than this program reads; train again");
    }
    return {in.at("weights").get<std::vector<double>>(), in.at("model_sha256").get<std::string>()};
  } catch (const json::exception& problem) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' does not hold the weights of a prior: " + problem.what());
  }
}

model::TwoTower LoadFitted(const std::filesystem::path& directory, tensor::Backend& backend) {
  model::TwoTower towers = model::TwoTower::Load(directory, backend);
  if (towers.spec().settings.prior.refit.snapshots == 0) return towers;
  const std::filesystem::path checkpoint = directory.parent_path();
  const std::filesystem::path file = PriorFileOf(checkpoint.parent_path());
  if (!std::filesystem::exists(file) ||
      ReadPriorWeights(file).model_sha256 != base::Sha256OfFile(checkpoint / "checkpoint.json")) {
    throw Error(Code::kFailedPrecondition, "the weights of demand of the model in '" + directory.string() +
                                               "' are not fitted yet; finish training with: shortlist train CONFIG "
                                               "--resume");
  }
  const std::vector<double> weights = ReadPriorWeights(file).weights;
  towers.ReplacePriorWeights({weights.begin(), weights.end()});
  return towers;
}

}  // namespace shortlist::train
