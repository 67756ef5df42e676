#include <memory>

#include "cuda/cuda_backend.h"
#include "model/tiny_model.h"
#include "model/two_tower_trainer.h"
#include "simt/runtime/machine.h"
#include "simt/traffic/measured_operation.h"

namespace shortlist::simt {
namespace {

// The first steps allocate, and record what later ones repeat.
constexpr int kWarmUp = 3;

MeasuredStep Measure(const std::string& name, const model::TwoTowerSpec& spec, const model::ItemInputs& items,
                     const model::TrainBatch& batch) {
  const std::unique_ptr<tensor::Backend> backend = cuda::MakeCudaBackend(0, Precision::kFloat32);
  TrainSettings settings;
  settings.gradient_clip_norm = 1;
  model::TwoTowerTrainer trainer(model::TwoTower(spec, items, *backend, 3), settings, 1);
  for (int step = 0; step < kWarmUp; ++step) trainer.Step(batch);
  const Counts before = TheMachine().counters().Read();
  trainer.Step(batch);
  const Counts spent = TheMachine().counters().Read() - before;
  return {name, spent.kernel_launches, spent.graph_launches, spent.host_synchronizations, spent.device_allocations};
}

}  // namespace

std::vector<MeasuredStep> MeasureSteps() {
  return {Measure("ids alone: one pool, no perceptron", model::PlainSpec(), model::PlainItems(), model::PlainBatch()),
          Measure("item features, context, two pools, perceptrons, learned prior", model::FullSpec(),
                  model::FullItems(), model::FullBatch())};
}

}  // namespace shortlist::simt
