#include "train/training_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/stop_signal.h"
#include "model/solo_exchange.h"
#include "shortlist/error.h"
#include "train/compatibility.h"
#include "train/gradient_exchange.h"
#include "train/host_memory.h"
#include "train/plan.h"
#include "train/prefetcher.h"
#include "train/query_source.h"
#include "train/sharding.h"

namespace shortlist::train {
namespace {

constexpr std::size_t kBatchesAhead = 3;
constexpr std::int64_t kStepsPerLossReport = 50;

model::ItemInputs InputsOfItems(const Settings& settings, const data::Dataset& dataset) {
  const data::Part until = settings.train.include_validation ? data::Part::kTest : data::Part::kValidation;
  return MakeItemInputs(settings.model, dataset, until);
}

Cluster ClusterOf(const Settings& settings, int ranks) {
  Cluster cluster;
  cluster.devices = ranks;
  cluster.memory_bytes = settings.train.memory_gb * 1e9;
  return cluster;
}

// The sharding of the plan, which must fit. No plan is made where nothing depends on it.
Sharding PlannedSharding(const Settings& settings, TrainingData& data, RankOf of) {
  const bool chosen = of.ranks == 1 || settings.train.sharding != Sharding::kAuto;
  if (chosen && settings.train.memory_gb == 0) return settings.train.sharding;
  const Cluster cluster = ClusterOf(settings, of.ranks);
  const Plan plan = MakePlan([&](int devices) { return data.Measure(devices); }, cluster);
  RequireThatItFits(plan, cluster);
  if (of.ranks > 1 && of.rank == 0) base::LogInfo("tables are " + plan.reason);
  return plan.choice().sharding;
}

// In bytes, of one rank.
double ExpectedMemory(const Settings& settings, const data::Dataset& dataset, TrainingData& data, int ranks) {
  const Plan plan = MakePlan([&](int devices) { return data.Measure(devices); }, ClusterOf(settings, ranks));
  return ExpectHostMemory(settings, dataset, data, plan.choice().memory).Total();
}

std::unique_ptr<model::StepExchange> MakeExchange(const Settings& settings, const data::Dataset& dataset,
                                                  TrainingData& data, comm::Communicator& communicator,
                                                  tensor::Backend& backend) {
  const RankOf of = {communicator.rank(), communicator.size()};
  const Sharding sharding = PlannedSharding(settings, data, of);
  const model::ParameterLayout layout(MakeSpec(settings.model, dataset));
  if (of.ranks == 1) return std::make_unique<model::SoloExchange>(layout);
  std::vector<TablePlacement> placements = PlaceTables(layout, sharding, data.FrequentItems(of.ranks));
  return std::make_unique<GradientExchange>(RowPlacement(layout.tables, std::move(placements), of), layout.dimension,
                                            settings.train.communication.wire, communicator, backend);
}

}  // namespace

TrainingRun::TrainingRun(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                         comm::Communicator& communicator, const std::filesystem::path& directory)
    : settings_(RequireCompatible(settings, communicator.size())),
      backend_(backend),
      group_(communicator, backend),
      files_(directory),
      lineage_(settings, dataset),
      data_(settings, dataset, group_.of()),
      expected_memory_(ExpectedMemory(settings, dataset, data_, communicator.size())),
      exchange_(MakeExchange(settings, dataset, data_, communicator, backend)),
      trainer_(MakeSpec(settings.model, dataset), InputsOfItems(settings, dataset), settings.train,
               static_cast<std::uint64_t>(settings.seed), backend, *exchange_),
      checkpoints_(files_.last, files_.best, lineage_, group_) {
  trainer_.ForgetIds(data_.UnseenItems());
  if (settings.train.negatives.hard.per_example > 0) hard_.emplace(settings, dataset, data_, backend);
  if (settings.train.include_validation) return;
  if (group_.of().ranks > 1 && group_.leads()) {
    host_backend_ = tensor::MakeCpuBackend(static_cast<int>(settings.threads));
  }
  validation_.emplace(settings, dataset, host_backend_ ? *host_backend_ : backend);
  if (!validation_->possible()) validation_.reset();
}

void TrainingRun::BeginWith(const std::filesystem::path& model_directory) {
  trainer_.LoadWeights(model_directory);
}

void TrainingRun::Resume() {
  // As the leading rank sees it: a file system of several hosts may show a new folder to some of them later.
  const bool begun = group_.Share(std::filesystem::exists(files_.last) ? 1. : 0.) != 0;
  if (!begun) {
    base::LogWarning("there is no checkpoint yet in '" + files_.last.string() + "'; training from the beginning");
    return;
  }
  const std::string difference = lineage_.DifferenceFrom(VerifyCheckpoint(files_.last));
  if (!difference.empty()) {
    throw Error(Code::kFailedPrecondition, "cannot resume from '" + files_.last.string() + "': " + difference +
                                               "; restore the setting or the dataset, or start afresh");
  }
  trainer_.LoadWeights(ModelOf(files_.last));
  trainer_.LoadState(OptimizerStateOf(files_.last));
  position_ = ReadPosition(files_.last);
  const std::filesystem::path hard = HardNegativesOf(files_.last);
  if (hard_ && std::filesystem::exists(hard)) hard_->Restore(ReadFoundNegatives(hard));
  run_meter_ = Meter(position_.run_seconds, 0);
  resumed_ = true;
  checkpoints_.KeepBest();
}

TrainReport TrainingRun::Execute() {
  if (group_.leads()) base::LogInfo("training takes about " + BytesText(expected_memory_) + " of memory");
  if (group_.leads() && !resumed_) std::filesystem::remove_all(files_.tensorboard);
  log_of_run_ = group_.leads() ? MakeRunLog(files_.tensorboard) : MakeSilentLog();
  std::optional<StopReason> reason = ReasonToStop();
  while (!reason) {
    reason = RunEpoch();
    if (!reason) reason = ReasonToStop();
  }
  checkpoints_.Finish();
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
  data_.plan().StartEpoch(position_.epoch);
  epoch_meter_ = Meter(position_.seconds, position_.cpu_seconds);
  log_of_run_->StartEpoch(position_.epoch, data_.examples(), position_.examples);
}

std::optional<StopReason> TrainingRun::RunEpoch() {
  StartEpoch();
  while (position_.batch < data_.plan().batches()) {
    const std::int64_t end = hard_ ? hard_->Prepare([this]() -> const model::TwoTower& { return trainer_.Publish(); },
                                                    position_.epoch, position_.batch)
                                   : data_.plan().batches();
    if (const std::optional<StopReason> reason = RunBatches(end)) return reason;
  }
  FinishEpoch();
  return exchange_->stop_asked() ? std::optional(StopReason::kSignal) : std::nullopt;
}

std::optional<StopReason> TrainingRun::RunBatches(std::int64_t end) {
  Prefetcher<model::TrainBatch> batches(position_.batch, end, kBatchesAhead,
                                        [this](std::int64_t index) { return Build(index); });
  const std::int64_t batch_count = data_.plan().batches();
  while (std::optional<model::TrainBatch> batch = batches.Next()) {
    Step(*batch);
    if (position_.batch == batch_count) break;
    if (const std::optional<StopReason> reason = Pause()) return reason;
  }
  return std::nullopt;
}

// On the prefetcher's thread, while the epoch and the hard negatives stay as they are.
model::TrainBatch TrainingRun::Build(std::int64_t batch) {
  const std::int64_t epoch = position_.epoch;
  return data_.Build(epoch, batch, hard_ ? hard_->found().Of(epoch, batch) : std::span<const std::int32_t>());
}

void TrainingRun::Step(const model::TrainBatch& batch) {
  trainer_.Step(batch);
  if (base::StopRequested()) exchange_->AskToStop();
  const std::int64_t rows = batch.Share().step_rows;
  ++position_.steps;
  ++position_.batch;
  position_.examples += rows;
  log_of_run_->Advance(rows);
  if (position_.steps % kStepsPerLossReport != 0) return;
  CollectLoss();
  log_of_run_->Loss(position_.steps, Loss());
}

std::optional<StopReason> TrainingRun::Pause() {
  std::optional<StopReason> reason;
  if (settings_.train.max_steps > 0 && position_.steps >= settings_.train.max_steps) reason = StopReason::kMaxSteps;
  if (exchange_->stop_asked()) reason = StopReason::kSignal;
  if (reason || position_.steps % settings_.train.checkpoint_steps == 0) Save(Merit::kOrdinary);
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
  return group_.of().ranks == 1 ? validation_->Score(trainer_.Publish()) : ScoreOfAllRanks();
}

double TrainingRun::ScoreOfAllRanks() {
  std::unique_ptr<base::AtomicDirectory> owned;  // never committed, so that it goes with the score
  if (group_.leads()) owned = std::make_unique<base::AtomicDirectory>(files_.validated);
  const std::filesystem::path shared = group_.Share(owned ? owned->path().string() : std::string());
  trainer_.Snapshot().WriteModel(shared);
  group_.Meet();
  double metric = 0;
  if (group_.leads()) metric = validation_->Score(model::TwoTower::Load(shared, validation_->backend()));
  return group_.Share(metric);
}

void TrainingRun::FinishEpoch() {
  CollectLoss();
  log_of_run_->FinishProgress();
  EpochReport epoch;
  epoch.epoch = position_.epoch;
  epoch.loss = Loss();
  epoch.examples_per_second = static_cast<double>(position_.examples) / epoch_meter_.Seconds();
  epoch.cpu_seconds = epoch_meter_.CpuSeconds();
  epoch.validation_metric = Validate();
  log_of_run_->FinishEpoch(position_.steps, epoch, validation_ ? settings_.train.early_stop.metric : std::string());

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
  Save(best ? Merit::kBest : Merit::kOrdinary);
}

void TrainingRun::Save(Merit merit) {
  CollectLoss();
  position_.seconds = position_.batch == 0 ? 0 : epoch_meter_.Seconds();
  position_.cpu_seconds = position_.batch == 0 ? 0 : epoch_meter_.CpuSeconds();
  position_.run_seconds = run_meter_.Seconds();
  std::optional<FoundNegatives> found;
  if (hard_ && hard_->found().Holds(position_.epoch, position_.batch)) found = hard_->found();
  checkpoints_.Write(trainer_.Snapshot(), position_, merit, std::move(found));
  log_of_run_->Flush();
}

TrainReport TrainingRun::Report(StopReason reason) const {
  TrainReport report;
  report.reason = reason;
  report.steps = position_.steps;
  report.best_epoch = position_.best_epoch;
  report.best_metric = validation_ ? position_.best_metric : std::numeric_limits<double>::quiet_NaN();
  report.seconds = run_meter_.Seconds();
  report.expected_memory_bytes = expected_memory_;
  report.epochs = position_.epochs;
  return report;
}

}  // namespace shortlist::train
