#include "train/hard_negatives.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/safetensors.h"
#include "eval/recommender.h"
#include "shortlist/error.h"

namespace shortlist::train {
namespace {

// Keeps these draws apart from those of the batch's other negatives.
constexpr std::uint64_t kHardDraws = 0x68617264;

// Moves `wanted` of the values, drawn at random, to the front and drops the rest.
template <class T>
void KeepSome(std::size_t wanted, RandomSequence& random, std::vector<T>& values) {
  const std::size_t kept = std::min(wanted, values.size());
  for (std::size_t i = 0; i < kept; ++i) std::swap(values[i], values[i + random.Below(values.size() - i)]);
  values.resize(kept);
}

eval::DotProductRecommender CatalogOf(const model::TwoTower& model, std::int64_t items, tensor::Backend& backend) {
  std::vector<float> vectors(static_cast<std::size_t>(items * model.vector_width()));
  model.EncodeItems(0, items, vectors);
  return {"model", vectors, model.vector_width(), eval::QueryEncoder(), backend};
}

}  // namespace

std::span<const std::int32_t> FoundNegatives::Of(std::int64_t of_epoch, std::int64_t batch) const {
  if (!Holds(of_epoch, batch)) return {};
  const auto place = static_cast<std::size_t>(batch - first_batch);
  return std::span(items).subspan(static_cast<std::size_t>(offsets[place]),
                                  static_cast<std::size_t>(offsets[place + 1] - offsets[place]));
}

void WriteFoundNegatives(const FoundNegatives& found, const std::filesystem::path& path) {
  base::SafetensorsWriter writer;
  const std::vector<std::int64_t> place = {found.epoch, found.first_batch};
  writer.Add("place", {2}, std::span(place));
  writer.Add("offsets", {static_cast<std::int64_t>(found.offsets.size())}, std::span(found.offsets));
  writer.Add("items", {static_cast<std::int64_t>(found.items.size())}, std::span(found.items));
  writer.Write(path);
}

FoundNegatives ReadFoundNegatives(const std::filesystem::path& path) {
  const base::SafetensorsReader reader(path);
  const std::span<const std::int64_t> place = reader.Int64("place");
  const std::span<const std::int64_t> offsets = reader.Int64("offsets");
  const std::span<const std::int32_t> items = reader.Int32("items");
  const bool sound = place.size() == 2 && !offsets.empty() && offsets.front() == 0 && std::ranges::is_sorted(offsets) &&
                     offsets.back() == static_cast<std::int64_t>(items.size());
  if (!sound) throw Error(Code::kDataLoss, "'" + path.string() + "' does not hold hard negatives; train again");
  return {place[0], place[1], {offsets.begin(), offsets.end()}, {items.begin(), items.end()}};
}

HardNegatives::HardNegatives(const Settings& settings, const data::Dataset& dataset, TrainingData& data,
                             tensor::Backend& backend)
    : settings_(&settings),
      hard_(&settings.train.negatives.hard),
      dataset_(&dataset),
      data_(&data),
      backend_(&backend) {}

std::int64_t HardNegatives::Prepare(const std::function<const model::TwoTower&()>& model, std::int64_t epoch,
                                    std::int64_t batch) {
  const std::int64_t batches = data_->plan().batches();
  if (epoch < hard_->first_epoch) return batches;
  if (!found_.Holds(epoch, batch)) {
    const std::int64_t steps = hard_->refresh_steps == 0 ? batches : hard_->refresh_steps;
    Search(model(), epoch, batch, std::min(batches, (batch / steps + 1) * steps));
  }
  return found_.end_batch();
}

void HardNegatives::Search(const model::TwoTower& model, std::int64_t epoch, std::int64_t batch, std::int64_t end) {
  found_ = {epoch, batch, {0}, {}};
  const eval::DotProductRecommender catalog = CatalogOf(model, dataset_->items(), *backend_);
  for (; batch < end; ++batch) {
    RandomSequence random = {static_cast<std::uint64_t>(settings_->seed), static_cast<std::uint64_t>(epoch),
                             static_cast<std::uint64_t>(batch), kHardDraws};
    AppendItems(model, catalog, ChooseExamples(batch, random), random);
    found_.offsets.push_back(static_cast<std::int64_t>(found_.items.size()));
  }
}

std::vector<std::int64_t> HardNegatives::ChooseExamples(std::int64_t batch, RandomSequence& random) const {
  const std::span<const std::int64_t> all = data_->plan().Batch(batch);
  std::vector<std::int64_t> examples(all.begin(), all.end());
  const double wanted = std::ceil(hard_->share_of_examples * static_cast<double>(all.size()));
  KeepSome(static_cast<std::size_t>(wanted), random, examples);
  return examples;
}

void HardNegatives::AppendItems(const model::TwoTower& model, const eval::DotProductRecommender& catalog,
                                std::span<const std::int64_t> examples, RandomSequence& random) {
  std::vector<float> vectors(examples.size() * static_cast<std::size_t>(model.vector_width()));
  model.EncodeUsers(data_->Queries(examples), vectors);
  std::vector<eval::Query> shoppers;
  for (const std::int64_t example : examples) {
    const std::span<const std::int32_t> items = data_->ItemsOfShopper(example);
    shoppers.emplace_back().history = {items.begin(), items.end()};
  }
  const std::int64_t most = std::min(hard_->last_rank, dataset_->items());
  for (const auto& neighbors : catalog.Search(shoppers, vectors, most, SeenRule::kMask)) {
    std::vector<std::int32_t> items;
    for (std::size_t rank = static_cast<std::size_t>(hard_->first_rank); rank < neighbors.size(); ++rank) {
      items.push_back(neighbors[rank].id);
    }
    KeepSome(static_cast<std::size_t>(hard_->per_example), random, items);
    found_.items.insert(found_.items.end(), items.begin(), items.end());
  }
}

}  // namespace shortlist::train
