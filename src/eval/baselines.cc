#include "eval/baselines.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "eval/content.h"
#include "eval/ease.h"
#include "eval/ials.h"
#include "eval/ials_factors.h"
#include "eval/interaction_lists.h"
#include "eval/item_content.h"
#include "eval/item_knn.h"
#include "eval/item_neighbors.h"
#include "eval/item_popularity.h"
#include "eval/past_events.h"
#include "eval/popularity.h"
#include "eval/repeat_frequency.h"
#include "eval/time_decay.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

Parts FittedParts(const data::Dataset& dataset, data::Part part, const EvaluateSettings& settings) {
  return settings.fit_baselines_on_validation ? PartsBefore(dataset, part) : Parts{&dataset.part(data::Part::kTrain)};
}

std::vector<std::int64_t> RecentDemand(const data::Dataset& dataset, data::Part part, double days) {
  TimeWindow window;
  if (dataset.has_times()) {
    window.until = dataset.PartStart(part);
    window.since = window.until - static_cast<std::int64_t>(days * kSecondsPerDay);
  }
  return CountEvents(PartsBefore(dataset, part), dataset.items(), window);
}

// What scores are multiplied by: (recent demand + 1)^exponent.
std::vector<float> DemandFactors(const std::vector<std::int64_t>& demand, double exponent) {
  std::vector<float> factors;
  for (const std::int64_t events : demand) {
    factors.push_back(static_cast<float>(std::pow(static_cast<double>(events) + 1, exponent)));
  }
  return factors;
}

// Makes one baseline from what all have in common.
class Maker {
 public:
  Maker(const data::Dataset& dataset, data::Part part, const EvaluateSettings& settings, std::int64_t seed,
        base::ThreadPool& pool)
      : settings_(settings),
        seed_(seed),
        pool_(pool),
        items_(dataset.items()),
        features_(dataset.item_features()),
        fitted_(FittedParts(dataset, part, settings)),
        popular_(PopularityOrder(CountEvents(fitted_, items_))),
        demand_(RecentDemand(dataset, part, settings.recent_days)) {}

  std::unique_ptr<Recommender> Popularity() const {
    return std::make_unique<PopularityRecommender>("popularity", popular_, pool_);
  }
  std::unique_ptr<Recommender> RecentPopularity() const {
    return std::make_unique<PopularityRecommender>("recent_popularity", PopularityOrder(demand_), pool_);
  }
  std::unique_ptr<Recommender> ItemKnn() const {
    const ItemKnnSettings& settings = settings_.item_knn;
    return std::make_unique<ItemKnnRecommender>(ItemNeighbors(fitted_, items_, settings, pool_), settings, popular_,
                                                DemandFactors(demand_, settings.demand_exponent), pool_);
  }
  std::unique_ptr<Recommender> RepeatFrequency() const {
    return std::make_unique<RepeatFrequencyRecommender>(settings_.repeat_half_life_days, demand_, pool_);
  }
  std::unique_ptr<Recommender> Ease() const {
    const EaseSettings& settings = settings_.ease;
    return std::make_unique<EaseRecommender>(ItemPrecision(ItemsByUser(fitted_), items_, settings, pool_), settings,
                                             popular_, DemandFactors(demand_, settings.demand_exponent), pool_);
  }
  std::unique_ptr<Recommender> Ials() const {
    const IalsSettings& settings = settings_.ials;
    return std::make_unique<IalsRecommender>(FitItemVectors(ItemsByUser(fitted_), items_, settings, seed_, pool_),
                                             settings, popular_, DemandFactors(demand_, settings.demand_exponent),
                                             pool_);
  }
  std::unique_ptr<Recommender> Content() const {
    return std::make_unique<ContentRecommender>(ItemContent(features_), settings_.content, popular_, pool_);
  }

 private:
  const EvaluateSettings& settings_;
  std::int64_t seed_;
  base::ThreadPool& pool_;
  std::int64_t items_;
  const base::EncodedFeatures& features_;
  Parts fitted_;
  std::vector<std::int32_t> popular_;
  std::vector<std::int64_t> demand_;
};

}  // namespace

std::unique_ptr<Recommender> MakeBaseline(BaselineKind kind, const data::Dataset& dataset, data::Part part,
                                          const EvaluateSettings& settings, std::int64_t seed, base::ThreadPool& pool) {
  const Maker maker(dataset, part, settings, seed, pool);
  switch (kind) {
    case BaselineKind::kPopularity:
      return maker.Popularity();
    case BaselineKind::kRecentPopularity:
      return maker.RecentPopularity();
    case BaselineKind::kItemKnn:
      return maker.ItemKnn();
    case BaselineKind::kRepeatFrequency:
      return maker.RepeatFrequency();
    case BaselineKind::kEase:
      return maker.Ease();
    case BaselineKind::kIals:
      return maker.Ials();
    case BaselineKind::kContent:
      return maker.Content();
  }
  throw Error(Code::kInvalidArgument, "unknown baseline " + std::to_string(static_cast<int>(kind)));
}

std::optional<std::string> ReasonToSkip(BaselineKind kind, const data::Dataset& dataset,
                                        const EvaluateSettings& settings) {
  if (kind == BaselineKind::kContent && dataset.item_features().categorical.empty()) {
    return "the items have no categorical features; name some in features.item";
  }
  if (kind != BaselineKind::kEase) return std::nullopt;
  constexpr double kGigabyte = 1 << 30;
  const double needed = ItemPrecision::MemoryFor(dataset.users(), dataset.items()) / kGigabyte;
  if (needed <= settings.ease.memory_gigabytes) return std::nullopt;
  return fmt::format(
      "its dense matrix for {} shoppers and {} items takes {:.1f} GB, more than "
      "evaluate.ease.memory_gigabytes ({:g}) allows",
      dataset.users(), dataset.items(), needed, settings.ease.memory_gigabytes);
}

}  // namespace shortlist::eval
