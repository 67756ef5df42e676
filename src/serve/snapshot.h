// One bundle, loaded, checked and ready to answer. Immutable; any number of threads may read it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/query_batch.h"
#include "features/feature_graph.h"
#include "features/history_encoder.h"
#include "filter/attribute_table.h"
#include "index/bundle.h"
#include "index/filtered_search.h"
#include "model/two_tower.h"
#include "repeat/blend.h"
#include "serve/item_reasons.h"
#include "tensor/backend.h"

namespace shortlist::serve {

class ServingSnapshot {
 public:
  // Opens and verifies the bundle, loads its model, and has it answer before it is let near a request: the towers must
  // write the vectors that the index holds, and the index must answer the bundle's sample (sample_check.h). Throws
  // Error{kDataLoss} naming the damaged file or the parts that do not fit, Error{kFailedPrecondition} for an unknown
  // format version or for wrong answers.
  static std::shared_ptr<const ServingSnapshot> Load(const std::filesystem::path& bundle_directory);

  const index::Bundle& bundle() const { return bundle_; }
  const ItemReasons& reasons() const { return reasons_; }
  // What items can be filtered by, as the bundle's settings say (index.filters).
  const filter::AttributeTable& attributes() const { return attributes_; }
  // Of the bundle's item index, with costs measured on this machine.
  const index::FilteredSearch& item_search() const { return item_search_; }
  // How own items rank among others; null if the bundle has no terms of repeat purchases.
  const repeat::Blend* blend() const { return blend_ ? &*blend_ : nullptr; }

  // Whether the model reads a context column of this name.
  bool ReadsContext(std::string_view name) const;

  // Appends one shopper to a batch, which may be a default-constructed one.
  void AppendShopper(features::HistoryView history, std::int64_t now, const features::Record& context,
                     base::QueryBatch& batch) const;
  // Vectors to search items with, row-major [batch.rows(), vector width].
  std::vector<float> EncodeShoppers(const base::QueryBatch& batch) const;

  // Vectors to search the same index with, for neighbors by similarity alone: an item's own logit term, which is the
  // last coordinate of models that have one, is zero.
  std::vector<float> ItemQuery(std::int32_t item) const;
  std::vector<float> UserQuery(std::int32_t user) const;

 private:
  ServingSnapshot(index::Bundle bundle, std::unique_ptr<tensor::Backend> backend, model::TwoTower model,
                  features::FeatureGraph context_graph);
  void RequireConsistent() const;
  std::vector<float> WithoutPrior(std::vector<float> vector) const;

  index::Bundle bundle_;
  std::unique_ptr<tensor::Backend> backend_;
  model::TwoTower model_;
  features::FeatureGraph context_graph_;
  features::HistoryEncoder history_encoder_;
  std::vector<std::string> context_columns_;
  ItemReasons reasons_;
  filter::AttributeTable attributes_;
  index::FilteredSearch item_search_;
  std::optional<repeat::Blend> blend_;
};

}  // namespace shortlist::serve
