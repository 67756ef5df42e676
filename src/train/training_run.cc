#include "train/training_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/stop_signal.h"
#include "shortlist/error.h"
#include "train/prefetcher.h"
#include "train/query_source.h"

namespace shortlist::train {
namespace {

constexpr std::size_t kBatchesAhead = 3;
constexpr std::int64_t kStepsPerLossReport = 50;

// Returns the settings, so that they are checked before anything is made of them.
const Settings& Checked(const Settings& settings) {
  const PriorSettings& prior = settings.model.prior;
  if (prior.kind == PriorKind::kRecentDemand && prior.learned &&
      settings.train.batch_order != BatchOrder::kTimeCoherent) {
    throw Error(Code::kInvalidArgument,
                "model.prior: a learned recent_demand needs train.batch_order: time_coherent, so that demand is one "
                "number per item and batch");
  }
  ParseMetric(settings.train.early_stop.metric);
  return settings;
}

std::vector<const data::Interactions*> TrainedParts(const TrainSettings& settings, const data::Dataset& dataset) {
  std::vector<const data::Interactions*> parts = {&dataset.part(data::Part::kTrain)};
  if (settings.include_validation) parts.push_back(&dataset.part(data::Part::kValidation));
  return parts;
}

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

model::TwoTower FreshModel(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend) {
  const data::Part until = settings.train.include_validation ? data::Part::kTest : data::Part::kValidation;
  return {MakeSpec(settings.model, dataset), MakeItemInputs(settings.model, dataset, until), backend,
          static_cast<std::uint64_t>(settings.seed)};
}

}  // namespace

TrainingRun::TrainingRun(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                         const std::filesystem::path& directory)
    : settings_(Checked(settings)),
      backend_(backend),
      files_(directory),
      lineage_(settings, dataset),
      log_(MakeEventLog(TrainedParts(settings.train, dataset))),
      examples_(ListSomeExamples(log_, settings.train.history_rule)),
      plan_(TimesOf(log_, examples_), settings.train.batch_order, settings.train.batch_size,
            static_cast<std::uint64_t>(settings.seed)),
      builder_(log_, examples_, dataset.items(), settings.model, settings.train),
      trainer_(FreshModel(settings, dataset, backend), settings.train, static_cast<std::uint64_t>(settings.seed)) {
  if (settings.train.include_validation) return;
  validation_.emplace(settings, dataset, backend);
  if (!validation_->possible()) validation_.reset();
}

void TrainingRun::Resume() {
  const std::string difference = lineage_.DifferenceFrom(VerifyCheckpoint(files_.last));
  if (!difference.empty()) {
    throw Error(Code::kFailedPrecondition, "cannot resume from '" + files_.last.string() + "': " + difference +
                                               "; restore the setting or the dataset, or start afresh");
  }
  trainer_ = model::TwoTowerTrainer(model::TwoTower::Load(ModelOf(files_.last), backend_), settings_.train,
                                    static_cast<std::uint64_t>(settings_.seed));
  trainer_.LoadState(OptimizerStateOf(files_.last));
  position_ = ReadPosition(files_.last);
  run_meter_ = Meter(position_.run_seconds, 0);
  saved_ = true;
}

TrainReport TrainingRun::Execute() {
  if (!saved_) std::filesystem::remove_all(files_.tensorboard);
  scalars_ = std::make_unique<ScalarLog>(files_.tensorboard);
  std::optional<StopReason> reason = ReasonToStop();
  while (!reason) {
    reason = RunEpoch();
    if (!reason) reason = ReasonToStop();
  }
  return Report(*reason);
}

std::optional<StopReason> TrainingRun::ReasonToStop() const {
  const TrainSettings& train = settings_.train;
  if (train.max_steps > 0 && position_.steps >= train.max_steps) return StopReason::kMaxSteps;
  if (position_.epoch >= train.epochs) return StopReason::kCompleted;
  const std::int64_t epochs_without_best = position_.epoch - 1 - position_.best_epoch;
  const bool patient = train.early_stop.patience == 0 || epochs_without_best < train.early_stop.patience;
  if (validation_ && !patient) return StopReason::kEarlyStop;
  return std::nullopt;
}

void TrainingRun::StartEpoch() {
  plan_.StartEpoch(position_.epoch);
  epoch_meter_ = Meter(position_.seconds, position_.cpu_seconds);
  progress_ = std::make_unique<base::Progress>("epoch " + std::to_string(position_.epoch + 1),
                                               static_cast<std::int64_t>(examples_.size()), "examples");
  progress_->Advance(position_.examples);
}

std::optional<StopReason> TrainingRun::RunEpoch() {
  StartEpoch();
  const auto seed = static_cast<std::uint64_t>(settings_.seed);
  const auto epoch = static_cast<std::uint64_t>(position_.epoch);
  Prefetcher<model::TrainBatch> batches(
      position_.batch, plan_.batches(), kBatchesAhead, [this, seed, epoch](std::int64_t index) {
        return builder_.Build(plan_.Batch(index), {seed, epoch, static_cast<std::uint64_t>(index)});
      });
  while (std::optional<model::TrainBatch> batch = batches.Next()) {
    Step(*batch);
    if (position_.batch == plan_.batches()) break;
    if (const std::optional<StopReason> reason = Pause()) return reason;
  }
  FinishEpoch();
  return base::StopRequested() ? std::optional(StopReason::kSignal) : std::nullopt;
}

void TrainingRun::Step(const model::TrainBatch& batch) {
  trainer_.Step(batch);
  ++position_.steps;
  ++position_.batch;
  position_.examples += batch.rows();
  progress_->Advance(batch.rows());
  if (position_.steps % kStepsPerLossReport != 0) return;
  CollectLoss();
  scalars_->Add("train/loss", position_.steps, Loss());
  progress_->SetNote("loss " + std::to_string(Loss()));
}

std::optional<StopReason> TrainingRun::Pause() {
  std::optional<StopReason> reason;
  if (settings_.train.max_steps > 0 && position_.steps >= settings_.train.max_steps) reason = StopReason::kMaxSteps;
  if (base::StopRequested()) reason = StopReason::kSignal;
  if (reason || position_.steps % settings_.train.checkpoint_steps == 0) SaveLast();
  return reason;
}

void TrainingRun::CollectLoss() {
  position_.loss_sum += trainer_.TakeLossSum();
}

double TrainingRun::Loss() const {
  return position_.loss_sum / static_cast<double>(std::max<std::int64_t>(1, position_.examples));
}

double TrainingRun::Validate() {
  if (!validation_) return std::numeric_limits<double>::quiet_NaN();
  const double metric = validation_->Score(trainer_.Publish());
  scalars_->Add("validation/" + settings_.train.early_stop.metric, position_.steps, metric);
  return metric;
}

void TrainingRun::FinishEpoch() {
  CollectLoss();
  progress_->Finish();
  EpochReport epoch;
  epoch.epoch = position_.epoch;
  epoch.loss = Loss();
  epoch.examples_per_second = static_cast<double>(position_.examples) / epoch_meter_.Seconds();
  epoch.cpu_seconds = epoch_meter_.CpuSeconds();
  epoch.validation_metric = Validate();
  LogEpoch(epoch);

  const bool best = validation_ && epoch.validation_metric > position_.best_metric;
  if (best) {
    position_.best_metric = epoch.validation_metric;
    position_.best_epoch = epoch.epoch;
  }
  position_.epochs.push_back(epoch);
  ++position_.epoch;
  position_.batch = 0;
  position_.loss_sum = 0;
  position_.examples = 0;
  position_.seconds = 0;
  position_.cpu_seconds = 0;
  epoch_meter_ = Meter();
  SaveLast();
  if (best) CopyCheckpoint(files_.last, files_.best);
}

void TrainingRun::LogEpoch(const EpochReport& epoch) {
  scalars_->Add("train/examples_per_second", position_.steps, epoch.examples_per_second);
  scalars_->Add("train/epoch_loss", position_.steps, epoch.loss);
  scalars_->Flush();
  std::string line = "epoch " + std::to_string(epoch.epoch + 1) + ": loss " + std::to_string(epoch.loss);
  if (validation_) {
    line += ", validation " + settings_.train.early_stop.metric + " " + std::to_string(epoch.validation_metric);
  }
  base::LogInfo(line);
}

// The best checkpoint of an earlier run in the same place goes when it would no longer be this run's.
void TrainingRun::SaveLast() {
  CollectLoss();
  position_.seconds = position_.batch == 0 ? 0 : epoch_meter_.Seconds();
  position_.cpu_seconds = position_.batch == 0 ? 0 : epoch_meter_.CpuSeconds();
  position_.run_seconds = run_meter_.Seconds();
  WriteCheckpoint(files_.last, lineage_, position_, trainer_);
  if (!saved_) std::filesystem::remove_all(files_.best);
  saved_ = true;
  scalars_->Flush();
}

TrainReport TrainingRun::Report(StopReason reason) const {
  TrainReport report;
  report.reason = reason;
  report.steps = position_.steps;
  report.best_epoch = position_.best_epoch;
  report.best_metric = validation_ ? position_.best_metric : std::numeric_limits<double>::quiet_NaN();
  report.seconds = run_meter_.Seconds();
  report.epochs = position_.epochs;
  return report;
}

}  // namespace shortlist::train
