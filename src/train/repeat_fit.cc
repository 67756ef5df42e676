#include "train/repeat_fit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "features/history_encoder.h"
#include "shortlist/error.h"
#include "train/present.h"
#include "train/training_data.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
// Floats of the scores of shoppers and items that are held at a time.
constexpr std::int64_t kScoresPerPass = 1 << 22;

std::vector<float> Transposed(std::span<const float> rows, std::size_t width) {
  const std::size_t count = rows.size() / width;
  std::vector<float> columns(rows.size());
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t column = 0; column < width; ++column) columns[column * count + row] = rows[row * width + column];
  }
  return columns;
}

std::vector<std::int32_t> Distinct(std::span<const std::int32_t> items) {
  std::vector<std::int32_t> distinct(items.begin(), items.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return distinct;
}

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
  const std::size_t values = in_logits.size() - 2;
  repeat::RepeatWeights weights;
  weights.half_lives_days = settings.half_lives_days;
  weights.of_similarity = in_logits[values] / scale;
  weights.of_item_term = in_logits[values + 1] / scale;
  in_logits.resize(values);
  for (const double weight : in_logits) weights.of_values.push_back(weight / scale);
  return weights;
}

}  // namespace

// The shopper's events [begin, now) of the log are known, [now, end) are what is bought.
struct ChoiceReader::Shopper {
  std::int64_t begin = 0;
  std::int64_t now = 0;
  std::int64_t end = 0;

  std::size_t known() const { return static_cast<std::size_t>(now - begin); }
  features::HistoryView History(const EventLog& log) const {
    const auto first = static_cast<std::size_t>(begin);
    return {std::span(log.items).subspan(first, known()), std::span(log.times).subspan(first, known())};
  }
  std::span<const std::int32_t> Bought(const EventLog& log) const {
    return std::span(log.items).subspan(static_cast<std::size_t>(now), static_cast<std::size_t>(end - now));
  }
};

ChoiceReader::ChoiceReader(const Settings& settings, const data::Dataset& dataset, const EventLog& log,
                           model::TwoTower& towers, tensor::Backend& backend)
    : settings_(&settings),
      dataset_(&dataset),
      log_(&log),
      towers_(&towers),
      backend_(&backend),
      demand_(log.items, log.times, dataset.items()),
      purchases_(settings.model.repeat.half_lives_days),
      scale_(towers.LogitScale()) {}

std::vector<repeat::Choice> ChoiceReader::ChoicesAt(std::int64_t time) {
  const std::vector<Shopper> shoppers = ShoppersAt(time);
  std::vector<repeat::Choice> choices;
  if (shoppers.empty()) return choices;
  EncodeItems(time);
  const auto items = static_cast<std::size_t>(dataset_->items());
  const auto width = static_cast<std::size_t>(towers_->vector_width());
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, kScoresPerPass / dataset_->items()));
  for (std::size_t begin = 0; begin < shoppers.size(); begin += most) {
    const auto pass = std::span(shoppers).subspan(begin, std::min(most, shoppers.size() - begin));
    const std::vector<float> vectors = EncodeShoppers(pass, time);
    const std::vector<float> scores = Score(vectors);
    for (std::size_t row = 0; row < pass.size(); ++row) {
      choices.push_back(ChoiceOf(pass[row], std::span(vectors).subspan(row * width, width),
                                 std::span(scores).subspan(row * items, items), time));
    }
  }
  return choices;
}

std::vector<ChoiceReader::Shopper> ChoiceReader::ShoppersAt(std::int64_t time) const {
  const std::int64_t horizon = time + WindowSeconds(settings_->model.repeat.horizon_days);
  std::vector<Shopper> shoppers;
  for (std::size_t user = 0; user + 1 < log_->offsets.size(); ++user) {
    const auto first = log_->times.begin() + log_->offsets[user];
    const auto last = log_->times.begin() + log_->offsets[user + 1];
    const auto now = std::lower_bound(first, last, time);
    const auto end = std::lower_bound(now, last, horizon);
    if (now == first || end == now) continue;
    shoppers.push_back({log_->offsets[user], now - log_->times.begin(), end - log_->times.begin()});
  }
  const auto most = static_cast<std::size_t>(settings_->model.repeat.max_shoppers);
  if (shoppers.size() <= most) return shoppers;
  std::vector<Shopper> chosen;
  for (std::size_t i = 0; i < most; ++i) chosen.push_back(shoppers[i * shoppers.size() / most]);
  return chosen;
}

void ChoiceReader::EncodeItems(std::int64_t time) {
  const PriorSettings& prior = settings_->model.prior;
  towers_->ReplaceDemand(prior.kind == PriorKind::kPopularity ? demand_.LogBetween(kEver, time)
                                                              : PriorInputs(prior, demand_, time));
  item_vectors_.resize(static_cast<std::size_t>(dataset_->items() * towers_->vector_width()));
  towers_->EncodeItems(0, dataset_->items(), item_vectors_);
  const std::vector<float> transposed = Transposed(item_vectors_, static_cast<std::size_t>(towers_->vector_width()));
  transposed_item_vectors_ = backend_->Allocate(transposed.size() * sizeof(float));
  backend_->Upload(transposed.data(), transposed_item_vectors_.As<float>(), transposed.size() * sizeof(float));
  backend_->Synchronize();
}

std::vector<float> ChoiceReader::EncodeShoppers(std::span<const Shopper> shoppers, std::int64_t time) const {
  const features::HistoryEncoder encoder(settings_->model.history);
  base::QueryBatch batch;
  for (const Shopper& shopper : shoppers) {
    encoder.Append(shopper.History(*log_), time, batch);
    const auto event = static_cast<std::size_t>(shopper.now);
    AppendContext(*log_->parts[log_->origin_parts[event]], log_->origin_rows[event], batch.context);
  }
  std::vector<float> vectors(shoppers.size() * static_cast<std::size_t>(towers_->vector_width()));
  towers_->EncodeUsers(batch, vectors);
  return vectors;
}

std::vector<float> ChoiceReader::Score(std::span<const float> vectors) const {
  const std::int64_t width = towers_->vector_width();
  const std::int64_t rows = static_cast<std::int64_t>(vectors.size()) / width;
  std::vector<float> scores(static_cast<std::size_t>(rows * dataset_->items()));
  const tensor::Buffer queries = backend_->Allocate(vectors.size_bytes());
  const tensor::Buffer products = backend_->Allocate(scores.size() * sizeof(float));
  backend_->Upload(vectors.data(), queries.As<float>(), vectors.size_bytes());
  backend_->Linear({queries.As<float>(), rows, width}, {transposed_item_vectors_.As<float>(), width, dataset_->items()},
                   nullptr, tensor::Activation::kNone, {products.As<float>(), rows, dataset_->items()});
  backend_->Download(products.As<float>(), scores.data(), scores.size() * sizeof(float));
  backend_->Synchronize();
  return scores;
}

repeat::Choice ChoiceReader::ChoiceOf(const Shopper& shopper, std::span<const float> vector,
                                      std::span<const float> scores, std::int64_t time) const {
  const repeat::OwnItems own = purchases_.Describe(shopper.History(*log_), time);
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
        vector.size() > dimension ? vector.back() * item_vectors_[(item + 1) * vector.size() - 1] : 0;
    choice.values.push_back(scores[item] - item_term);
    choice.values.push_back(item_term);
  }
  for (const std::int32_t item : Distinct(shopper.Bought(*log_))) {
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
  model::TwoTower towers = model::TwoTower::Load(directory, backend);
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
