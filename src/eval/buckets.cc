#include "eval/buckets.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "eval/item_popularity.h"
#include "eval/ranking_metrics.h"

namespace shortlist::eval {
namespace {

constexpr std::array<std::size_t, 6> kHistoryLengths = {1, 5, 10, 20, 50, 100};
constexpr std::size_t kPopularityFifths = 5;

std::size_t HistoryBucket(std::size_t length) {
  const auto above = std::upper_bound(kHistoryLengths.begin(), kHistoryLengths.end(), length);
  return static_cast<std::size_t>(above - kHistoryLengths.begin()) - 1;
}

std::string HistoryLabel(std::size_t bucket) {
  const std::string least = "history " + std::to_string(kHistoryLengths[bucket]);
  if (bucket + 1 == kHistoryLengths.size()) return least + "+";
  return least + "-" + std::to_string(kHistoryLengths[bucket + 1] - 1);
}

// Bucket 0 is for items without an event in training.
std::vector<std::size_t> PopularityBuckets(std::span<const std::int64_t> item_events) {
  const std::vector<double> percentiles = PopularityPercentiles(item_events);
  std::vector<std::size_t> buckets(item_events.size());
  for (std::size_t item = 0; item < buckets.size(); ++item) {
    const auto fifth = static_cast<std::size_t>(percentiles[item] * kPopularityFifths);
    if (item_events[item] > 0) buckets[item] = 1 + std::min(fifth, kPopularityFifths - 1);
  }
  return buckets;
}

std::string PopularityLabel(std::size_t bucket) {
  if (bucket == 0) return "item not in training";
  const std::size_t most = bucket * 100 / kPopularityFifths;
  return "item popularity " + std::to_string(most - 100 / kPopularityFifths) + "-" + std::to_string(most) + "%";
}

void Add(const ShopperScores& scores, BucketScore& bucket) {
  ++bucket.shoppers;
  bucket.recall += scores.recall;
  bucket.ndcg += scores.ndcg;
}

// Sums to means, without the buckets that nobody fell into.
std::vector<BucketScore> Means(std::vector<BucketScore> buckets) {
  std::erase_if(buckets, [](const BucketScore& bucket) { return bucket.shoppers == 0; });
  for (BucketScore& bucket : buckets) {
    bucket.recall /= static_cast<double>(bucket.shoppers);
    bucket.ndcg /= static_cast<double>(bucket.shoppers);
  }
  return buckets;
}

}  // namespace

std::vector<BucketScore> ScoreByHistoryLength(const EvaluationSet& set, const Rankings& rankings, std::int64_t k) {
  std::vector<BucketScore> buckets(kHistoryLengths.size());
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) buckets[bucket].bucket = HistoryLabel(bucket);
  for (std::size_t query = 0; query < rankings.size(); ++query) {
    Add(ScoreRanking(rankings[query], set.targets[query], k),
        buckets[HistoryBucket(set.queries[query].history.size())]);
  }
  return Means(std::move(buckets));
}

std::vector<BucketScore> ScoreByItemPopularity(const EvaluationSet& set, const Rankings& rankings, std::int64_t k) {
  std::vector<BucketScore> buckets(1 + kPopularityFifths);
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) buckets[bucket].bucket = PopularityLabel(bucket);
  const std::vector<std::size_t> bucket_of = PopularityBuckets(set.item_events);
  for (std::size_t query = 0; query < rankings.size(); ++query) {
    std::vector<std::vector<std::int32_t>> targets(buckets.size());
    for (const std::int32_t item : set.targets[query]) {
      targets[bucket_of[static_cast<std::size_t>(item)]].push_back(item);
    }
    for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
      if (!targets[bucket].empty()) Add(ScoreRanking(rankings[query], targets[bucket], k), buckets[bucket]);
    }
  }
  return Means(std::move(buckets));
}

}  // namespace shortlist::eval
