// The two-tower model: a user tower over the recent history and the request's context, an item tower over the item's id
// and features, and one similarity (Yi et al., RecSys 2019; embeddings tied between history and item tower).
//
// Inference interface. Training (gradients, optimizer state) is in model/two_tower_trainer.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/query_batch.h"
#include "shortlist/settings/model.h"
#include "tensor/backend.h"

namespace shortlist::model {

struct FeatureShape {
  std::string name;
  std::int64_t cardinality = 0;
};

// Everything that fixes the shapes of a model and the meaning of its vectors; stored with it.
struct TwoTowerSpec {
  ModelSettings settings;
  std::int64_t items = 0;
  std::vector<FeatureShape> item_features;
  std::int64_t item_dense = 0;
  std::vector<FeatureShape> context_features;
  std::int64_t context_dense = 0;
};

// Numbers per item that the prior reads: its windows, or none without a prior.
std::int64_t DemandWidth(const PriorSettings& prior);

// What the model knows of every item, by item index: encoded features [items] and the prior's input, log(events + 1),
// [items, DemandWidth]. Copied to the backend once.
struct ItemInputs {
  base::EncodedFeatures features;
  std::vector<float> log_demand;
};

// Of a model that is solved for (model/closed_form.h), settings are those that ClosedFormSettings makes, and there are
// no features.
//
// Vectors are written for search: score(user, item) = dot(user vector, item vector), which orders items as the model's
// logits do. With a prior the vectors are one wider than the dimension: the user's last value is 1 and the item's is
// its prior, scaled into units of similarity.
//
// Const methods are thread-safe when the backend is the CPU backend with one thread.
class TwoTower {
 public:
  // Random parameters from `seed`, equal on every backend. The backend must outlive the model.
  TwoTower(TwoTowerSpec spec, ItemInputs items, tensor::Backend& backend, std::uint64_t seed);
  ~TwoTower();
  TwoTower(TwoTower&&) noexcept;
  TwoTower& operator=(TwoTower&&) noexcept;

  // A directory with model.json (the spec), weights.safetensors (parameters) and items.safetensors (item inputs).
  // Load throws Error{kDataLoss} naming file and array if anything is missing or does not fit.
  void Save(const std::filesystem::path& directory) const;
  static TwoTower Load(const std::filesystem::path& directory, tensor::Backend& backend);

  const TwoTowerSpec& spec() const;
  std::int64_t vector_width() const;
  // Logits per unit of the dot product of vectors: 1 / temperature.
  float LogitScale() const;

  // The same towers over another catalog: its item i is this one's item rows[i] or, where that is -1, the next of
  // `added`, which have features but no id embedding. The backend must outlive it, too.
  TwoTower WithCatalog(std::span<const std::int32_t> rows, const ItemInputs& added) const;

  // Exchanges the prior's input, log(events + 1) of every item, because demand moves on after training; Save then
  // stores it. [items, DemandWidth].
  void ReplaceDemand(std::vector<float> log_demand);

  // The weights of the prior, [DemandWidth], in logits; and their exchange for others.
  std::vector<float> PriorWeights() const;
  void ReplacePriorWeights(const std::vector<float>& weights);

  // Exchanges the id embeddings of all items, [items, dimension]: how a model that is solved for comes to its own.
  void ReplaceItemTable(std::span<const float> rows);

  // out is [batch.rows(), vector_width()], on the host. Every pool id must lie in [0, items).
  void EncodeUsers(const base::QueryBatch& batch, std::span<float> out) const;
  // Vectors of items [first, first + count); out is [count, vector_width()], on the host.
  void EncodeItems(std::int64_t first, std::int64_t count, std::span<float> out) const;
  // Vectors of items that the model has not seen, from their features alone: their id embedding is zero.
  void EncodeNewItems(const ItemInputs& items, std::span<float> out) const;

 private:
  friend class TwoTowerTrainer;
  friend class TrainerSnapshot;
  struct State;
  explicit TwoTower(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::model
