#include "eval/baselines.h"

#include <string>
#include <utility>
#include <vector>

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

}  // namespace

std::unique_ptr<Recommender> MakeBaseline(BaselineKind kind, const data::Dataset& dataset, data::Part part,
                                          const EvaluateSettings& settings, base::ThreadPool& pool) {
  const Parts fitted = FittedParts(dataset, part, settings);
  std::vector<std::int32_t> popular = PopularityOrder(CountEvents(fitted, dataset.items()));
  switch (kind) {
    case BaselineKind::kPopularity:
      return std::make_unique<PopularityRecommender>("popularity", std::move(popular), pool);
    case BaselineKind::kRecentPopularity:
      return std::make_unique<PopularityRecommender>(
          "recent_popularity", PopularityOrder(RecentDemand(dataset, part, settings.recent_days)), pool);
    case BaselineKind::kItemKnn:
      return std::make_unique<ItemKnnRecommender>(ItemNeighbors(fitted, dataset.items(), settings.item_knn, pool),
                                                  settings.item_knn, std::move(popular), pool);
    case BaselineKind::kRepeatFrequency:
      return std::make_unique<RepeatFrequencyRecommender>(settings.repeat_half_life_days,
                                                          RecentDemand(dataset, part, settings.recent_days), pool);
  }
  throw Error(Code::kInvalidArgument, "unknown baseline " + std::to_string(static_cast<int>(kind)));
}

}  // namespace shortlist::eval
