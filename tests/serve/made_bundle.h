// A small retailer with a model of random parameters, as a bundle on disk: 50 items, 12 shoppers.
//
// "item-i" has the title "Title i", price i, a brand "brand b" with b = i modulo 5, and a stock of i modulo 3. Shopper
// "user-u" has u events on items 3u, 3u+1, ... (modulo 50), a day apart from kFirstTime on, so "user-0" is known but
// has no history. Popular items are 49, 48, ... 0. The context columns are "device" (vocabulary: phone, laptop),
// "basket" (log of a number) and the hour of the request.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "features/feature_graph.h"
#include "index/bundle.h"
#include "model/two_tower.h"
#include "repeat/repeat_weights.h"
#include "tensor/backend.h"

namespace shortlist::serve {

inline constexpr std::int32_t kItems = 50;
inline constexpr std::int32_t kUsers = 12;
inline constexpr std::int64_t kFirstTime = 1'600'000'000;
inline constexpr std::int64_t kDay = 86'400;

std::string ItemName(std::int32_t item);
std::string AttributesJson(std::int32_t item);
std::string UserName(std::int32_t user);
std::vector<std::int32_t> StoredItems(std::int32_t user);

enum class TimesOfEvents { kKnown, kUnknown };
std::vector<std::int64_t> StoredTimes(std::int32_t user, TimesOfEvents times);

// The retailer before it is a bundle, for tests that compute answers on their own.
class MadeRetailer {
 public:
  explicit MadeRetailer(std::uint64_t seed = 7, TimesOfEvents times = TimesOfEvents::kKnown);
  // All parameters are zero, and so is every vector but for the coordinate of popularity.
  static MadeRetailer OfZeros();
  // The model reads brands, too, and so can place new items.
  static MadeRetailer WithBrands();

  const model::TwoTower& model() const { return model_; }
  const features::FeatureGraph& context_graph() const { return context_graph_; }
  const features::FeatureGraph& item_graph() const { return item_graph_; }
  std::vector<float> ItemVectors() const;
  // Of a history with the given context, straight from the model.
  std::vector<float> ShopperVector(const std::vector<std::int32_t>& items, const std::vector<std::int64_t>& times,
                                   std::int64_t now, const features::Record& context) const;
  // The k best items but the excluded ones by plain dot products in double precision.
  std::vector<std::int32_t> ExactTop(const std::vector<float>& query, std::int64_t k,
                                     const std::vector<std::int32_t>& excluded) const;

  // Terms of repeat purchases that move own items up and down.
  static repeat::RepeatWeights RepeatWeights();

  // Writes the model to `model_directory` and returns all the rest.
  index::BundleInputs Inputs(IndexKind kind, const std::filesystem::path& model_directory) const;

 private:
  MadeRetailer(std::uint64_t seed, TimesOfEvents times, double deviation, features::FeatureGraph item_graph);

  TimesOfEvents times_;
  features::FeatureGraph context_graph_;
  features::FeatureGraph item_graph_;
  std::unique_ptr<tensor::Backend> backend_;
  model::TwoTower model_;
};

// A folder that is removed with the object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Writes the retailer's bundle to "<folder>/bundle" and returns that path. The second has terms of repeat purchases.
std::filesystem::path WriteMadeBundle(const MadeRetailer& retailer, const std::filesystem::path& folder,
                                      IndexKind kind = IndexKind::kFlat);
std::filesystem::path WriteRepeatBundle(const MadeRetailer& retailer, const std::filesystem::path& folder);

}  // namespace shortlist::serve
