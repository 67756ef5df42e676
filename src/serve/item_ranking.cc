#include "serve/item_ranking.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>

#include "base/stopwatch.h"
#include "index/exact_search.h"
#include "serve/snapshot.h"

namespace shortlist::serve {
namespace {

using Neighbors = std::vector<index::Neighbor>;

// Own items that may come back, with their terms.
Neighbors ScoreOwn(const CatalogView& view, const RankingRequest& request) {
  const repeat::Blend* blend = view.snapshot().blend();
  if (blend == nullptr || request.seen == SeenPolicy::kMask) return {};
  const auto vector_of = [&](std::int32_t item) { return view.Vector(item); };
  Neighbors own = blend->ScoreOwn(request.vector, request.shopper.history(), request.shopper.now, vector_of);
  std::erase_if(own, [&](const index::Neighbor& neighbor) { return !request.filter.Allows(neighbor.id); });
  return own;
}

// The k best of those found in the index and of the items beside it, but for `apart` (sorted), which are ranked apart.
Neighbors WithBeside(Neighbors found, const CatalogDelta& delta, const index::Query& query, const ItemFilter& filter,
                     std::span<const std::int32_t> apart) {
  const std::vector<std::int32_t>& beside = delta.beside();
  if (beside.empty()) return found;
  index::BestNeighbors best(query.k);
  for (const index::Neighbor& neighbor : found) best.Offer(neighbor);
  for (std::size_t place = 0; place < beside.size(); ++place) {
    if (!filter.Allows(beside[place]) || std::ranges::binary_search(apart, beside[place])) continue;
    const auto vector = delta.VectorBeside(place);
    best.Offer({beside[place], std::inner_product(vector.begin(), vector.end(), query.vector.begin(), 0.0F)});
  }
  return best.Take();
}

std::vector<std::int32_t> Union(std::span<const std::int32_t> excluded, std::span<const index::Neighbor> own) {
  std::vector<std::int32_t> both;
  std::ranges::set_union(excluded, index::IdsOf(own), std::back_inserter(both));
  return both;
}

// Searches for all of the queries at once.
void SearchTogether(const std::shared_ptr<const ServingSnapshot>& snapshot, std::span<const index::Query> queries,
                    AnswerObserver& observer, std::vector<Neighbors>& results) {
  const base::Stopwatch watch;
  std::vector<index::PlannedAnswer> found = snapshot->item_search().SearchBatch(queries);
  const double share = watch.seconds() / static_cast<double>(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const index::Query& query = queries[i];
    observer.Searched(
        {snapshot, query.vector, query.k, query.excluded, query.allowed, found[i].neighbors, found[i].plan}, share);
    results.push_back(std::move(found[i].neighbors));
  }
}

std::vector<Neighbors> Search(const std::shared_ptr<const ServingSnapshot>& snapshot,
                              std::span<const index::Query> queries, AnswerObserver& observer) {
  const std::size_t together = snapshot->bundle().items().gains_from_batches() ? queries.size() : 1;
  std::vector<Neighbors> results;
  results.reserve(queries.size());
  for (std::size_t first = 0; first < queries.size(); first += together) {
    SearchTogether(snapshot, queries.subspan(first, together), observer, results);
  }
  return results;
}

}  // namespace

std::vector<Neighbors> RankItems(const std::shared_ptr<const ServingSnapshot>& snapshot, const CatalogDelta& delta,
                                 std::span<const RankingRequest> requests, AnswerObserver& observer) {
  const CatalogView view(*snapshot, delta);
  std::vector<Neighbors> own;
  // Own items, which are ranked apart, and the excluded.
  std::vector<std::vector<std::int32_t>> hidden(requests.size());
  std::vector<index::Query> queries;
  for (const RankingRequest& request : requests) {
    own.push_back(ScoreOwn(view, request));
    std::vector<std::int32_t>& both = hidden[queries.size()];
    const std::span<const std::int32_t> excluded = request.filter.excluded_in_index();
    if (!own.back().empty()) both = Union(excluded, own.back());
    queries.push_back(
        {request.vector, request.k, own.back().empty() ? excluded : both, request.filter.allowed_in_index()});
  }
  std::vector<Neighbors> best = Search(snapshot, queries, observer);
  for (std::size_t i = 0; i < best.size(); ++i) {
    best[i] = WithBeside(std::move(best[i]), delta, queries[i], requests[i].filter, index::IdsOf(own[i]));
    if (!own[i].empty()) best[i] = repeat::MergeBest(best[i], own[i], {}, requests[i].k);
  }
  return best;
}

std::vector<index::Neighbor> SearchItems(const CatalogView& view, std::span<const float> vector, std::int64_t k,
                                         const ItemFilter& filter) {
  const index::Query query{vector, k, filter.excluded_in_index(), filter.allowed_in_index()};
  return WithBeside(std::move(view.snapshot().item_search().SearchBatch({&query, 1}).front().neighbors), view.delta(),
                    query, filter, {});
}

}  // namespace shortlist::serve
