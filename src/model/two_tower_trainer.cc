#include "model/two_tower_trainer.h"

#include <optional>
#include <utility>

#include "model/optimizer_state.h"
#include "model/stored_arrays.h"
#include "model/two_tower_pass.h"
#include "model/two_tower_state.h"

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

std::string StateName(const TableShape& table) {
  return "optimizer." + table.name;
}

}  // namespace

struct TwoTowerTrainer::State {
  State(TwoTower trained, TwoTower::State& model_state, const TrainSettings& settings, std::uint64_t dropout_seed)
      : model(std::move(trained)),
        of_model(model_state),
        backend(*model_state.backend),
        decay(static_cast<float>(settings.weight_average_decay)),
        dropout(static_cast<float>(model_state.spec.settings.dropout)),
        seed(dropout_seed),
        pass(of_model.spec, of_model.layout, of_model.items.features, HitsOf(settings), backend),
        gradients(of_model.layout, backend),
        optimizer(settings.optimizer, settings.gradient_clip_norm, LearnedOf(of_model.spec.settings),
                  1.0 / of_model.spec.settings.temperature, of_model.layout, backend),
        losses(backend.Allocate(2 * sizeof(float))) {
    backend.Zero(losses.As<void>(), losses.bytes());
    if (decay == 0) return;
    raw.emplace(of_model.layout, backend);
    Copy(of_model.parameters, *raw, backend);
  }

  // What the optimizer changes.
  Parameters& live() { return raw ? *raw : of_model.parameters; }
  float* step_loss() const { return losses.As<float>(); }
  float* loss_sum() const { return losses.As<float>() + 1; }

  TwoTower model;
  TwoTower::State& of_model;
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
  state_ = std::make_unique<State>(std::move(model), of_model, settings, seed);
}

TwoTowerTrainer::~TwoTowerTrainer() = default;
TwoTowerTrainer::TwoTowerTrainer(TwoTowerTrainer&&) noexcept = default;
TwoTowerTrainer& TwoTowerTrainer::operator=(TwoTowerTrainer&&) noexcept = default;

void TwoTowerTrainer::Step(const TrainBatch& batch) {
  State& state = *state_;
  const DropoutPlan dropout(state.dropout, state.seed,
                            static_cast<std::uint64_t>(state.steps) * DropoutPlan::kStreamsPerStep);
  state.pass.Run(state.live(), batch, dropout, state.step_loss(), state.gradients);
  state.optimizer.Update(state.steps, state.gradients, state.live());
  if (state.raw) Average(*state.raw, state.decay, state.of_model.parameters, state.backend);
  state.backend.AddScaled(state.step_loss(), static_cast<float>(batch.rows()), state.loss_sum(), 1);
  ++state.steps;
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
  state_->of_model.Publish();
  return state_->model;
}

void TwoTowerTrainer::SaveState(const std::filesystem::path& path) const {
  const ParameterLayout& layout = state_->of_model.layout;
  ArrayWriter writer(state_->backend);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    writer.Add(StateName(layout.tables[t]), state_->optimizer.table(t));
  }
  writer.Add("optimizer.dense", state_->optimizer.dense());
  if (state_->raw) writer.Add("raw.", layout, *state_->raw);
  writer.SetMetadata("steps", std::to_string(state_->steps));
  writer.Write(path);
}

void TwoTowerTrainer::LoadState(const std::filesystem::path& path) {
  const ParameterLayout& layout = state_->of_model.layout;
  const ArrayReader reader(path, state_->backend);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    reader.Read(StateName(layout.tables[t]), state_->optimizer.table(t));
  }
  reader.Read("optimizer.dense", state_->optimizer.dense());
  if (state_->raw) reader.Read("raw.", layout, *state_->raw);
  state_->steps = reader.Count("steps");
}

}  // namespace shortlist::model
