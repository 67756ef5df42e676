// One bundle, loaded, checked and ready to answer. Immutable but for the changes of the catalog that it follows, which
// are replaced as a whole; any number of threads may read it.
#pragma once

#include <atomic>
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
#include "serve/catalog_delta.h"
#include "serve/item_reasons.h"
#include "tensor/backend.h"

namespace shortlist::serve {

class ServingSnapshot {
 public:
  // Opens and verifies the bundle, loads its model, and has it answer before it is let near a request: the towers must
  // write the vectors that the index holds, and the index must answer the bundle's sample (sample_check.h). Throws
  // Error{kDataLoss} naming the damaged file or the parts that do not fit, Error{kFailedPrecondition} for an unknown
  // format version or for wrong answers.
  static std::shared_ptr<const ServingSnapshot> Load(const std::filesystem::path& bundle_directory,
                                                     const index::ScanDevice* device = nullptr);

  const index::Bundle& bundle() const { return bundle_; }
  const ItemReasons& reasons() const { return reasons_; }
  // What items can be filtered by, as the bundle's settings say (index.filters).
  const filter::AttributeTable& attributes() const { return attributes_; }
  // Of the bundle's item index, with costs measured on this machine.
  const index::FilteredSearch& item_search() const { return item_search_; }
  // How own items rank among others; null if the bundle has no terms of repeat purchases.
  const repeat::Blend* blend() const { return blend_ ? &*blend_ : nullptr; }

  // The changes of the catalog that hold now, for a request to keep from start to end. Never null.
  std::shared_ptr<const CatalogDelta> delta() const { return delta_.load(); }
  // Requests that begin from now on see these changes. One thread at a time.
  void Follow(const CatalogChanges& changes) const;
  // Whether the model reads features of items, so that it can place items that it has not seen.
  bool encodes_new_items() const { return encodes_new_items_; }
  // Vectors of such items to search for, row-major, as wide as the bundle's. Needs encodes_new_items() if there are
  // any.
  std::vector<float> EncodeNewItems(std::span<const CatalogItem* const> items) const;
  // What the item tower reads of such items.
  model::ItemInputs InputsOf(std::span<const CatalogItem* const> items) const;
  // The vector of an item that the model was trained with, whether or not the index has it.
  std::vector<float> LearnedVector(std::int32_t item) const;
  const model::TwoTower& model() const { return model_; }

  // Whether the model reads a context column of this name.
  bool ReadsContext(std::string_view name) const;

  // Appends one shopper to a batch, which may be a default-constructed one.
  void AppendShopper(features::HistoryView history, std::int64_t now, const features::Record& context,
                     base::QueryBatch& batch) const;
  // Vectors to search items with, row-major [batch.rows(), vector width].
  std::vector<float> EncodeShoppers(const base::QueryBatch& batch) const;

  // Vectors to search the same index with, for neighbors by similarity alone: an item's own logit term, which is the
  // last coordinate of models that have one, is zero.
  std::vector<float> UserQuery(std::int32_t user) const;
  std::vector<float> WithoutPrior(std::vector<float> vector) const;

 private:
  ServingSnapshot(index::Bundle bundle, std::unique_ptr<tensor::Backend> backend, model::TwoTower model,
                  features::FeatureGraph context_graph);
  void RequireConsistent() const;

  index::Bundle bundle_;
  std::unique_ptr<tensor::Backend> backend_;
  model::TwoTower model_;
  features::FeatureGraph context_graph_;
  features::FeatureGraph item_graph_;
  bool encodes_new_items_;
  features::HistoryEncoder history_encoder_;
  std::vector<std::string> context_columns_;
  ItemReasons reasons_;
  filter::AttributeTable attributes_;
  index::FilteredSearch item_search_;
  mutable std::atomic<std::shared_ptr<const CatalogDelta>> delta_ = std::make_shared<const CatalogDelta>();
  std::optional<repeat::Blend> blend_;
};

}  // namespace shortlist::serve
