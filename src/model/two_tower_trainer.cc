#include "model/two_tower_trainer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/initialize.h"
#include "model/optimizer_state.h"
#include "model/solo_exchange.h"
#include "model/stored_arrays.h"
#include "model/two_tower_pass.h"
#include "model/two_tower_state.h"
#include "model/two_tower_storage.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::Matrix;

AccidentalHits HitsOf(const TrainSettings& settings) {
  return settings.mask_accidental_hits ? AccidentalHits::kMask : AccidentalHits::kKeep;
}

LearnedScalars LearnedOf(const ModelSettings& settings) {
  return {settings.learn_temperature, settings.prior.learned && settings.prior.kind != PriorKind::kNone};
}

void Copy(const Parameters& source, const Parameters& target, tensor::Backend& backend) {
  const auto copy = [&](Matrix from, Matrix to) {
    backend.Copy(from.data, to.data, static_cast<std::size_t>(from.size()) * sizeof(float));
  };
  for (std::size_t t = 0; t < source.tables(); ++t) copy(source.table(t), target.table(t));
  copy(source.flat_dense(), target.flat_dense());
}

void Average(const Parameters& source, float decay, const Parameters& target, tensor::Backend& backend) {
  const auto average = [&](Matrix from, Matrix to) { backend.MovingAverage(from.data, decay, to.data, to.size()); };
  for (std::size_t t = 0; t < source.tables(); ++t) average(source.table(t), target.table(t));
  average(source.flat_dense(), target.flat_dense());
}

// Sets the id embeddings of the items (rising) to zero, as far as they are held.
void ClearItems(const HeldRows& held, std::span<const std::int32_t> items, const Parameters& parameters,
                tensor::Backend& backend) {
  for (const RowRun& run : held.runs.front()) {
    const Matrix rows = RowsOf(run, parameters.table(run.held));
    for (std::int64_t k = 0; k < run.rows; ++k) {
      if (!std::ranges::binary_search(items, run.ModelRow(k))) continue;
      backend.Zero(rows.data + k * rows.columns, static_cast<std::size_t>(rows.columns) * sizeof(float));
    }
  }
}

std::string StateName(const TableShape& table) {
  return "optimizer." + table.name;
}

}  // namespace

struct TwoTowerTrainer::State {
  State(TwoTower trained, TwoTower::State& model_state, StepExchange& step_exchange, const TrainSettings& settings,
        std::uint64_t dropout_seed)
      : model(std::move(trained)),
        of_model(model_state),
        exchange(step_exchange),
        held(LayoutOf(exchange.held(), of_model.layout)),
        backend(*model_state.backend),
        decay(static_cast<float>(settings.weight_average_decay)),
        dropout(static_cast<float>(model_state.spec.settings.dropout)),
        seed(dropout_seed),
        pass(of_model.spec, of_model.layout, of_model.items.features, HitsOf(settings), exchange, backend),
        gradients(of_model.layout, backend),
        optimizer(settings.optimizer, settings.gradient_clip_norm, LearnedOf(of_model.spec.settings),
                  1.0 / of_model.spec.settings.temperature, held, backend),
        losses(backend.Allocate(2 * sizeof(float))) {
    backend.Zero(losses.As<void>(), losses.bytes());
    if (decay == 0) return;
    raw.emplace(held, backend);
    Copy(of_model.parameters, *raw, backend);
  }
  ~State() { exchange.Settle(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Queues the step's work on the backend.
  void QueueStep(const TrainBatch& batch) {
    const DropoutPlan plan(dropout, seed, static_cast<std::uint64_t>(steps) * DropoutPlan::kStreamsPerStep);
    pass.Run(live(), batch, plan, step_loss(), gradients);
    exchange.Reduce(step_loss(), gradients);
    optimizer.Update(steps, gradients, live());
    if (raw) Average(*raw, decay, of_model.parameters, backend);
    backend.AddScaled(step_loss(), static_cast<float>(batch.Share().step_rows), loss_sum(), 1);
  }
  // What the optimizer changes.
  Parameters& live() { return raw ? *raw : of_model.parameters; }
  float* step_loss() const { return losses.As<float>(); }
  float* loss_sum() const { return losses.As<float>() + 1; }

  FilePart part() const { return {exchange.rank(), exchange.ranks()}; }

  TwoTower model;
  TwoTower::State& of_model;
  std::unique_ptr<StepExchange> own_exchange;  // of a trainer that was given none
  StepExchange& exchange;
  ParameterLayout held;
  tensor::Backend& backend;
  float decay;
  float dropout;
  std::uint64_t seed;
  std::int64_t steps = 0;
  TwoTowerPass pass;
  Gradients gradients;
  OptimizerState optimizer;
  std::optional<Parameters> raw;
  tensor::Buffer losses;
};

TwoTowerTrainer::TwoTowerTrainer(TwoTower model, const TrainSettings& settings, std::uint64_t seed) {
  TwoTower::State& of_model = *model.state_;
  auto exchange = std::make_unique<SoloExchange>(of_model.layout);
  state_ = std::make_unique<State>(std::move(model), of_model, *exchange, settings, seed);
  state_->own_exchange = std::move(exchange);
}

TwoTowerTrainer::TwoTowerTrainer(TwoTowerSpec spec, ItemInputs items, const TrainSettings& settings, std::uint64_t seed,
                                 tensor::Backend& backend, StepExchange& exchange) {
  auto of_model = std::make_unique<TwoTower::State>(std::move(spec), std::move(items), exchange.held(), backend);
  Initialize(of_model->spec, of_model->layout, exchange.held(), seed, backend, of_model->parameters);
  TwoTower::State& reference = *of_model;
  state_ = std::make_unique<State>(TwoTower(std::move(of_model)), reference, exchange, settings, seed);
}

TwoTowerTrainer::~TwoTowerTrainer() = default;
TwoTowerTrainer::TwoTowerTrainer(TwoTowerTrainer&&) noexcept = default;
TwoTowerTrainer& TwoTowerTrainer::operator=(TwoTowerTrainer&&) noexcept = default;

void TwoTowerTrainer::ForgetIds(std::span<const std::int32_t> items) {
  ClearItems(state_->exchange.held(), items, state_->of_model.parameters, state_->backend);
  if (state_->raw) ClearItems(state_->exchange.held(), items, *state_->raw, state_->backend);
}

void TwoTowerTrainer::Step(const TrainBatch& batch) {
  // Ranks wait for each other in the midst of a step, which a device therefore cannot take in one piece.
  if (state_->exchange.ranks() > 1) {
    state_->QueueStep(batch);
  } else {
    state_->backend.RunStep([&] { state_->QueueStep(batch); });
  }
  ++state_->steps;
}

std::int64_t TwoTowerTrainer::steps() const {
  return state_->steps;
}

double TwoTowerTrainer::TakeLossSum() {
  float sum = 0;
  state_->backend.Download(state_->loss_sum(), &sum, sizeof sum);
  state_->backend.Zero(state_->loss_sum(), sizeof sum);
  state_->backend.Synchronize();
  return sum;
}

const TwoTower& TwoTowerTrainer::Publish() {
  if (state_->exchange.ranks() > 1) {
    throw Error(Code::kFailedPrecondition, "the model's rows are on " + std::to_string(state_->exchange.ranks()) +
                                               " ranks; save it and load it as a whole");
  }
  state_->of_model.Publish();
  return state_->model;
}

struct TrainerSnapshot::State {
  const TwoTower::State& of_model;
  FilePart part;
  ArrayWriter weights;
  ArrayWriter optimizer;
};

TrainerSnapshot::TrainerSnapshot(std::unique_ptr<State> state) : state_(std::move(state)) {}
TrainerSnapshot::~TrainerSnapshot() = default;
TrainerSnapshot::TrainerSnapshot(TrainerSnapshot&&) noexcept = default;
TrainerSnapshot& TrainerSnapshot::operator=(TrainerSnapshot&&) noexcept = default;

void TrainerSnapshot::WriteModel(const std::filesystem::path& directory) const {
  std::filesystem::create_directories(directory);
  if (state_->part.index == 0) WriteDescription(state_->of_model.spec, state_->of_model.items, directory);
  state_->weights.Write(directory / kWeightsFile);
}

void TrainerSnapshot::WriteState(const std::filesystem::path& path) const {
  state_->optimizer.Write(path);
}

std::vector<std::filesystem::path> TrainerSnapshot::Files(const std::filesystem::path& directory,
                                                          const std::filesystem::path& state_path) const {
  std::vector<std::filesystem::path> files = {PathOf(directory / kWeightsFile, state_->part),
                                              PathOf(state_path, state_->part)};
  if (state_->part.index == 0) AppendDescription(directory, files);
  return files;
}

TrainerSnapshot TwoTowerTrainer::Snapshot() const {
  const State& state = *state_;
  const ParameterLayout& layout = state.of_model.layout;
  const HeldRows& held = state.exchange.held();
  auto snapshot = std::make_unique<TrainerSnapshot::State>(
      TrainerSnapshot::State{state.of_model, state.part(), ArrayWriter(state.backend, state.part()),
                             ArrayWriter(state.backend, state.part())});
  snapshot->weights.Add("", layout, held, state.of_model.parameters);
  ArrayWriter& optimizer = snapshot->optimizer;
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    optimizer.AddTable(StateName(layout.tables[t]), layout.tables[t].rows, held.runs[t], state.optimizer.tables());
  }
  optimizer.Add("optimizer.dense", state.optimizer.dense());
  if (state.raw) optimizer.Add("raw.", layout, held, *state.raw);
  optimizer.SetMetadata("steps", std::to_string(state.steps));
  return TrainerSnapshot(std::move(snapshot));
}

void TwoTowerTrainer::LoadWeights(const std::filesystem::path& directory) {
  const TwoTower::State& of_model = state_->of_model;
  ArrayReader(directory / kWeightsFile, state_->backend)
      .Read("", of_model.layout, state_->exchange.held(), of_model.parameters);
  if (state_->raw) Copy(of_model.parameters, *state_->raw, state_->backend);
}

void TwoTowerTrainer::LoadState(const std::filesystem::path& path) {
  const ParameterLayout& layout = state_->of_model.layout;
  const HeldRows& held = state_->exchange.held();
  const ArrayReader reader(path, state_->backend);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    reader.ReadTable(StateName(layout.tables[t]), layout.tables[t].rows, held.runs[t], state_->optimizer.tables());
  }
  reader.Read("optimizer.dense", state_->optimizer.dense());
  if (state_->raw) reader.Read("raw.", layout, held, *state_->raw);
  state_->steps = reader.Count("steps");
}

}  // namespace shortlist::model
