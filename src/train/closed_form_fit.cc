#include "train/closed_form_fit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "base/settings_kind.h"
#include "base/thread_pool.h"
#include "eval/ials_factors.h"
#include "eval/interaction_lists.h"
#include "eval/item_neighbors.h"
#include "eval/item_precision.h"
#include "eval/past_events.h"
#include "model/closed_form.h"
#include "shortlist/error.h"
#include "train/checkpoint.h"
#include "train/meter.h"
#include "train/query_source.h"
#include "train/training_run.h"
#include "train/validation.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

constexpr double kGigabyte = 1 << 30;
constexpr double kMostVectorGigabytes = 4;
constexpr std::int64_t kColumnsPerBlock = 1024;

data::Part EndOfTraining(const Settings& settings) {
  return settings.train.include_validation ? data::Part::kTest : data::Part::kValidation;
}

// Row j has the similarity of item j with each item that j keeps as a neighbor.
std::vector<float> SimilarityRows(const eval::Parts& parts, std::int64_t items, const ItemKnnSettings& settings,
                                  base::ThreadPool& pool) {
  const eval::ItemNeighbors neighbors(parts, items, settings, pool);
  std::vector<float> rows(static_cast<std::size_t>(items * items), 0.0F);
  for (std::int64_t item = 0; item < items; ++item) {
    for (const eval::Neighbor& candidate : neighbors.CandidatesOf(static_cast<std::int32_t>(item))) {
      rows[static_cast<std::size_t>(candidate.item * items + item)] = candidate.similarity;
    }
  }
  return rows;
}

// Row j has column j of the weights: -P_ij / P_jj at i, and zero at j (eval/ease.h).
std::vector<float> WeightRows(const eval::Parts& parts, std::int64_t items, const EaseSettings& settings,
                              base::ThreadPool& pool) {
  const eval::ItemPrecision precision(eval::ItemsByUser(parts), items, settings, pool);
  std::vector<float> rows(static_cast<std::size_t>(items * items));
  std::vector<float> scratch;
  for (std::int64_t begin = 0; begin < items; begin += kColumnsPerBlock) {
    const std::int64_t end = std::min(begin + kColumnsPerBlock, items);
    const tensor::cpu::ConstTile columns = precision.Columns(begin, end, scratch, pool);
    for (std::int64_t item = begin; item < end; ++item) {
      float* row = rows.data() + item * items;
      const float* column = columns.data + (item - begin);
      const float factor = -1 / column[item * columns.stride];
      for (std::int64_t i = 0; i < items; ++i) row[i] = factor * column[i * columns.stride];
      row[item] = 0;
    }
  }
  return rows;
}

void RequireMemory(const Settings& settings, const data::Dataset& dataset) {
  const ModelKind kind = settings.model.kind;
  if (kind != ModelKind::kItemKnn && kind != ModelKind::kEase) return;
  const auto rows = static_cast<double>(std::max(dataset.items(), dataset.users()));
  const double vectors = rows * static_cast<double>(dataset.items()) * sizeof(float) / kGigabyte;
  if (vectors > kMostVectorGigabytes) {
    throw Error(
        Code::kInvalidArgument,
        fmt::format("model.kind: {} has vectors as wide as the catalog, which take {:.1f} GB for {} items and {} "
                    "shoppers, more than {:g}; choose ials or two_tower",
                    base::NameOf(kind), vectors, dataset.items(), dataset.users(), kMostVectorGigabytes));
  }
  const double matrix = eval::ItemPrecision::MemoryFor(dataset.users(), dataset.items()) / kGigabyte;
  if (kind == ModelKind::kEase && matrix > settings.model.ease.memory_gigabytes) {
    throw Error(Code::kInvalidArgument,
                fmt::format("model.ease.memory_gigabytes: the matrix takes {:.1f} GB, more than {:g}", matrix,
                            settings.model.ease.memory_gigabytes));
  }
}

std::vector<float> ItemRows(const Settings& settings, const data::Dataset& dataset, base::ThreadPool& pool) {
  const eval::Parts parts = eval::PartsBefore(dataset, EndOfTraining(settings));
  const std::int64_t items = dataset.items();
  const ModelSettings& model = settings.model;
  if (model.kind == ModelKind::kItemKnn) return SimilarityRows(parts, items, model.item_knn, pool);
  if (model.kind == ModelKind::kEase) return WeightRows(parts, items, model.ease, pool);
  return eval::FitItemVectors(eval::ItemsByUser(parts), items, model.ials, settings.seed, pool);
}

double ValidationScore(const Settings& settings, const data::Dataset& dataset, const model::TwoTower& model,
                       tensor::Backend& backend) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  if (settings.train.include_validation) return none;
  const Validation validation(settings, dataset, backend);
  return validation.possible() ? validation.Score(model) : none;
}

void WriteModel(const Settings& settings, const data::Dataset& dataset, const model::TwoTower& model,
                const Position& position, const fs::path& directory) {
  const RunFiles files(directory);
  base::AtomicDirectory checkpoint(files.last);
  model.Save(ModelOf(checkpoint.path()));
  CompleteCheckpoint(checkpoint, Lineage(settings, dataset), position, {});
  base::RemoveDirectory(files.best);
}

}  // namespace

model::TwoTower FitClosedForm(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend) {
  RequireMemory(settings, dataset);
  model::TwoTowerSpec spec = MakeSpec(settings.model, dataset);
  const ModelSettings shape = spec.settings;
  model::TwoTower model(std::move(spec), MakeItemInputs(shape, dataset, EndOfTraining(settings)), backend,
                        static_cast<std::uint64_t>(settings.seed));
  model.ReplacePriorWeights(model::ClosedFormPriorWeights(shape));
  if (shape.kind == ModelKind::kPopularity) return model;
  base::ThreadPool pool(static_cast<int>(settings.threads));
  model.ReplaceItemTable(ItemRows(settings, dataset, pool));
  return model;
}

TrainReport TrainClosedForm(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                            const fs::path& directory) {
  const Meter meter;
  base::LogInfo(fmt::format("fitting {}", base::NameOf(settings.model.kind)));
  const model::TwoTower model = FitClosedForm(settings, dataset, backend);
  TrainReport report;
  report.best_metric = ValidationScore(settings, dataset, model, backend);
  report.seconds = meter.Seconds();
  Position position;
  position.run_seconds = report.seconds;
  WriteModel(settings, dataset, model, position, directory);
  return report;
}

}  // namespace shortlist::train
