#include "train/training_data.h"

#include <algorithm>

#include "shortlist/error.h"
#include "train/query_source.h"
#include "train/sharding.h"
#include "train/step_reads.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kMeasuredBatches = 4;

std::vector<Example> ListSomeExamples(const EventLog& log, HistoryRule rule) {
  std::vector<Example> examples = ListExamples(log, rule);
  if (!examples.empty()) return examples;
  throw Error(Code::kFailedPrecondition,
              "the dataset has no training example: no shopper has an event with a history before it");
}

std::vector<std::int64_t> TimesOf(const EventLog& log, const std::vector<Example>& examples) {
  std::vector<std::int64_t> times;
  times.reserve(examples.size());
  for (const Example& example : examples) times.push_back(log.times[static_cast<std::size_t>(example.event)]);
  return times;
}

std::vector<std::int32_t> UsersOf(const std::vector<Example>& examples) {
  std::vector<std::int32_t> users;
  users.reserve(examples.size());
  for (const Example& example : examples) users.push_back(example.user);
  return users;
}

std::vector<std::int64_t> CountItems(const EventLog& log, std::int64_t items) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(items));
  for (const std::int32_t item : log.items) ++counts[static_cast<std::size_t>(item)];
  return counts;
}

// Items that a rank's part of a step reads, as candidates and in histories.
double ItemReads(const Settings& settings, const EventLog& log, int ranks) {
  const double history = std::min(static_cast<double>(log.events()) / static_cast<double>(log.users()),
                                  static_cast<double>(settings.model.history.max_length));
  return static_cast<double>(settings.train.batch_size) / ranks * (1 + history);
}

}  // namespace

std::vector<const data::Interactions*> TrainedParts(const TrainSettings& settings, const data::Dataset& dataset) {
  std::vector<const data::Interactions*> parts = {&dataset.part(data::Part::kTrain)};
  if (settings.include_validation) parts.push_back(&dataset.part(data::Part::kValidation));
  return parts;
}

TrainingData::TrainingData(const Settings& settings, const data::Dataset& dataset, RankOf of)
    : settings_(&settings),
      dataset_(&dataset),
      log_(MakeEventLog(TrainedParts(settings.train, dataset))),
      examples_(ListSomeExamples(log_, settings.train.history_rule)),
      plan_(TimesOf(log_, examples_), UsersOf(examples_), settings.train.batch_order, settings.train.batch_size,
            static_cast<std::uint64_t>(settings.seed)),
      builder_(log_, examples_, dataset.items(), settings.model, settings.train, of) {}

RandomSequence TrainingData::RandomOf(std::int64_t epoch, std::int64_t index) const {
  return {static_cast<std::uint64_t>(settings_->seed), static_cast<std::uint64_t>(epoch),
          static_cast<std::uint64_t>(index)};
}

model::TrainBatch TrainingData::Build(std::int64_t epoch, std::int64_t index, std::span<const std::int32_t> hard) {
  return builder_.Build(plan_.Batch(index), RandomOf(epoch, index), hard);
}

std::span<const std::int32_t> TrainingData::ItemsOfShopper(std::int64_t example) const {
  const auto user = static_cast<std::size_t>(examples_[static_cast<std::size_t>(example)].user);
  const auto begin = static_cast<std::size_t>(log_.offsets[user]);
  return std::span(log_.items).subspan(begin, static_cast<std::size_t>(log_.offsets[user + 1]) - begin);
}

std::vector<std::int32_t> TrainingData::UnseenItems() const {
  const std::vector<std::int32_t> seen = ItemsWithEvents(log_);
  std::vector<std::int32_t> unseen;
  for (std::int32_t item = 0; item < dataset_->items(); ++item) {
    if (!std::ranges::binary_search(seen, item)) unseen.push_back(item);
  }
  return unseen;
}

std::vector<std::int32_t> TrainingData::FrequentItems(int ranks) const {
  return FrequentRows(CountItems(log_, dataset_->items()), ItemReads(*settings_, log_, ranks));
}

JobShape TrainingData::Measure(int ranks) {
  plan_.StartEpoch(0);
  const model::TwoTowerSpec spec = MakeSpec(settings_->model, *dataset_);
  const std::vector<std::int32_t> frequent = FrequentItems(ranks);
  std::vector<StepReads> steps;
  std::int64_t candidates = 0;
  for (std::int64_t index = 0; index < std::min(kMeasuredBatches, plan_.batches()); ++index) {
    const model::TrainBatch batch = builder_.BuildWhole(plan_.Batch(index), RandomOf(0, index));
    steps.push_back(CountReads(spec, dataset_->item_features(), frequent, batch, ranks));
    candidates = std::max(candidates, static_cast<std::int64_t>(batch.candidates.size()));
  }
  return {spec, settings_->train, candidates + HardCandidates(settings_->train), MeanOf(steps)};
}

}  // namespace shortlist::train
