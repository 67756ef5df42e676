#include "index/list_scan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include <faiss/IndexIVF.h>

namespace shortlist::index {
namespace {

constexpr std::int64_t kIdBytes = 8;
constexpr std::int64_t kLine = 64;
// What of the next list is asked for ahead; the processor finds the rest by itself.
constexpr std::int64_t kFetchedBytes = 2048;

void Fetch(const std::uint8_t* bytes, std::int64_t size) {
  for (std::int64_t i = 0; i < std::min(size, kFetchedBytes); i += kLine) __builtin_prefetch(bytes + i);
}

std::int32_t IdAt(const std::uint8_t* ids, std::int64_t place) {
  std::int64_t id = 0;
  std::memcpy(&id, ids + place * kIdBytes, sizeof(id));
  return static_cast<std::int32_t>(id);
}

}  // namespace

// The search for one query.
class ListScan::Scan {
 public:
  Scan(const ListScan& lists, const Query& query)
      : lists_(lists), query_(query), best_(std::min(query.k, lists.vectors_.size())) {}

  void Visit(const List& list) {
    for (std::int64_t first = 0; first < list.size; first += kTogether) {
      VisitSome(list, first, std::min(kTogether, list.size - first));
    }
  }

  Found Take() { return {best_.Take(), passed_over_}; }

 private:
  static constexpr std::int64_t kTogether = 64;

  void VisitSome(const List& list, std::int64_t first, std::int64_t count) {
    const std::uint8_t* code = list.codes + first * lists_.code_bytes_;
    for (std::int64_t i = 0; i < count; ++i) rows_[static_cast<std::size_t>(i)] = code + i * lists_.code_bytes_;
    lists_.vectors_.ScoreRows(query_.vector.data(), std::span(rows_).first(static_cast<std::size_t>(count)),
                              scores_.data());
    for (std::int64_t i = 0; i < count; ++i) {
      const float score = scores_[static_cast<std::size_t>(i)];
      if (score >= best_.bar()) Offer({IdAt(list.ids, first + i), score});
    }
  }

  void Offer(Neighbor neighbor) {
    if (Wants(query_, neighbor.id)) {
      best_.Offer(neighbor);
    } else {
      ++passed_over_;
    }
  }

  const ListScan& lists_;
  const Query& query_;
  BestNeighbors best_;
  std::int64_t passed_over_ = 0;
  std::array<const void*, kTogether> rows_;
  std::array<float, kTogether> scores_;
};

ListScan::ListScan(const faiss::IndexIVF& index, const VectorTable& vectors)
    : vectors_(vectors), code_bytes_(static_cast<std::int64_t>(index.code_size)), nearest_(index, vectors.width) {
  for (std::size_t list = 0; list < index.nlist; ++list) {
    lists_.push_back({index.invlists->get_codes(list),
                      reinterpret_cast<const std::uint8_t*>(index.invlists->get_ids(list)),
                      static_cast<std::int64_t>(index.invlists->list_size(list))});
  }
}

Found ListScan::Nearest(const Query& query, std::int64_t probes) const {
  Scan scan(*this, query);
  const std::vector<Neighbor> nearest = nearest_.Find(query.vector, probes);
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (i + 1 < nearest.size()) {
      const List& next = lists_[static_cast<std::size_t>(nearest[i + 1].id)];
      Fetch(next.codes, next.size * code_bytes_);
      Fetch(next.ids, next.size * kIdBytes);
    }
    scan.Visit(lists_[static_cast<std::size_t>(nearest[i].id)]);
  }
  return scan.Take();
}

}  // namespace shortlist::index
