// The program's training step, for training.py, which runs it in turns with other libraries.
//
//   training_step FOLDER '{"items": 40981, "length": 50, "threads": 1, "precision": "fp32", "model": {...}, "train":
//   {...}}'
//
// Makes a model and batches, and writes both into FOLDER (weights.safetensors, batches.safetensors), so that others
// start from the same. Then answers each line of stdin, a number of steps, with a line of JSON: their time and mean
// loss.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/safetensors.h"
#include "base/settings_json.h"
#include "base/stopwatch.h"
#include "model/two_tower_trainer.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"

namespace shortlist::benchmarks {
namespace {

constexpr int kBatches = 8;

struct Task {
  std::int64_t items = 0;
  std::int64_t length = 0;  // of every history
  Settings settings;
};

Task ReadTask(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  nlohmann::json settings;
  for (const char* name : {"threads", "precision", "model", "train"}) settings[name] = json.at(name);
  return {json.at("items"), json.at("length"), base::SettingsFromJson<Settings>(settings.dump())};
}

model::TwoTower MakeModel(const Task& task, tensor::Backend& backend) {
  model::TwoTowerSpec spec;
  spec.items = task.items;
  spec.settings = task.settings.model;
  model::ItemInputs items;
  items.features.rows = task.items;
  return {std::move(spec), std::move(items), backend, 1};
}

// Ranks with probability about 1 / (rank + 10), scattered over the items' indices.
class ItemDraws {
 public:
  explicit ItemDraws(std::int64_t items) : items_(items) {
    for (std::int64_t rank = 0; rank < items; ++rank)
      scattered_.push_back(static_cast<std::int32_t>(rank * 7919 % items));
  }

  std::int64_t DrawRank() {
    const double rank = kFlatRanks * std::expm1(uniform_(random_) * Total());
    return std::min(static_cast<std::int64_t>(rank), items_ - 1);
  }
  std::int32_t ItemOf(std::int64_t rank) const { return scattered_[static_cast<std::size_t>(rank)]; }
  double ProbabilityOf(std::int64_t rank) const {
    const double first = static_cast<double>(rank) + kFlatRanks;
    return std::log((first + 1) / first) / Total();
  }

 private:
  static constexpr double kFlatRanks = 10;

  double Total() const { return std::log1p(static_cast<double>(items_) / kFlatRanks); }

  std::int64_t items_;
  std::vector<std::int32_t> scattered_;
  std::mt19937_64 random_{2};
  std::uniform_real_distribution<double> uniform_;
};

base::Bags DrawHistories(const Task& task, ItemDraws& draws) {
  base::Bags histories;
  for (std::int64_t row = 0; row < task.settings.train.batch_size; ++row) {
    for (std::int64_t i = 0; i < task.length; ++i) {
      histories.Append(draws.ItemOf(draws.DrawRank()), 1.0F / static_cast<float>(task.length));
    }
    histories.EndRow();
  }
  return histories;
}

model::TrainBatch DrawBatch(const Task& task, ItemDraws& draws) {
  model::TrainBatch batch;
  batch.queries.pools = {DrawHistories(task, draws)};
  batch.queries.context.rows = task.settings.train.batch_size;
  for (std::int64_t row = 0; row < task.settings.train.batch_size; ++row) {
    const std::int64_t rank = draws.DrawRank();
    const double expected = static_cast<double>(task.settings.train.batch_size) * draws.ProbabilityOf(rank);
    batch.candidates.push_back(draws.ItemOf(rank));
    batch.positives.push_back(static_cast<std::int32_t>(row));
    batch.log_q.push_back(static_cast<float>(std::log(expected)));
  }
  return batch;
}

std::vector<model::TrainBatch> DrawBatches(const Task& task) {
  ItemDraws draws(task.items);
  std::vector<model::TrainBatch> batches;
  for (int i = 0; i < kBatches; ++i) batches.push_back(DrawBatch(task, draws));
  return batches;
}

void WriteBatches(const std::vector<model::TrainBatch>& batches, const std::filesystem::path& path) {
  base::SafetensorsWriter writer;
  for (std::size_t b = 0; b < batches.size(); ++b) {
    const model::TrainBatch& batch = batches[b];
    const base::Bags& histories = batch.queries.pools.front();
    const std::string name = std::to_string(b) + ".";
    const std::int64_t rows = batch.rows();
    const std::int64_t length = static_cast<std::int64_t>(histories.ids.size()) / rows;
    writer.Add(name + "histories", {rows, length}, std::span<const std::int32_t>(histories.ids));
    writer.Add(name + "weights", {rows, length}, std::span<const float>(histories.weights));
    writer.Add(name + "candidates", {rows}, std::span<const std::int32_t>(batch.candidates));
    writer.Add(name + "log_q", {rows}, std::span<const float>(batch.log_q));
  }
  writer.Write(path);
}

void AnswerSteps(model::TwoTowerTrainer& trainer, const std::vector<model::TrainBatch>& batches) {
  std::size_t next = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const std::int64_t steps = std::stoll(line);
    const base::Stopwatch watch;
    const base::CpuStopwatch cpu_watch = base::CpuStopwatch::OfProcess();
    for (std::int64_t s = 0; s < steps; ++s) trainer.Step(batches[next++ % batches.size()]);
    const double loss = trainer.TakeLossSum() / static_cast<double>(steps * batches.front().rows());
    std::cout << nlohmann::json({{"cpu", cpu_watch.seconds()}, {"wall", watch.seconds()}, {"loss", loss}}) << std::endl;
  }
}

void Run(const std::filesystem::path& folder, const Task& task) {
  const std::unique_ptr<tensor::Backend> backend =
      tensor::MakeCpuBackend(static_cast<int>(task.settings.threads), task.settings.precision);
  model::TwoTower model = MakeModel(task, *backend);
  model.Save(folder);
  const std::vector<model::TrainBatch> batches = DrawBatches(task);
  WriteBatches(batches, folder / "batches.safetensors");
  model::TwoTowerTrainer trainer(std::move(model), task.settings.train, 1);
  AnswerSteps(trainer, batches);
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: training_step FOLDER TASK\n";
    return 2;
  }
  shortlist::benchmarks::Run(argv[1], shortlist::benchmarks::ReadTask(argv[2]));
  return 0;
}
