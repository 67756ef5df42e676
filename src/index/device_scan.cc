#include "index/device_scan.h"

#include <algorithm>
#include <exception>

#include <faiss/Index.h>

#include "base/log.h"
#include "index/rounding.h"

namespace shortlist::index {
namespace {

// Faiss selects no more than this on a GPU.
constexpr std::int64_t kMostCandidates = 2048;

// So many candidates of a query most probably tell.
std::int64_t CandidatesOf(const Query& query) {
  return query.k + static_cast<std::int64_t>(query.excluded.size()) + std::max<std::int64_t>(query.k / 4, 16);
}

std::int64_t CandidatesOfEach(std::span<const Query> queries, std::int64_t vectors) {
  std::int64_t most = 1;
  for (const Query& query : queries) most = std::max(most, CandidatesOf(query));
  return std::min({most, vectors, kMostCandidates});
}

}  // namespace

std::vector<float> Stacked(std::span<const Query> queries) {
  std::vector<float> rows;
  for (const Query& query : queries) rows.insert(rows.end(), query.vector.begin(), query.vector.end());
  return rows;
}

// Row-major [queries, count], best first.
struct DeviceScan::Candidates {
  std::int64_t count = 0;
  std::vector<float> scores;
  std::vector<std::int64_t> ids;

  bool found() const { return !ids.empty(); }

  std::vector<std::int32_t> Wanted(const Query& query, std::size_t number) const {
    std::vector<std::int32_t> wanted;
    const auto first = ids.begin() + static_cast<std::int64_t>(number) * count;
    for (auto id = first; id != first + count; ++id) {
      if (*id >= 0 && Wants(query, static_cast<std::int32_t>(*id))) wanted.push_back(static_cast<std::int32_t>(*id));
    }
    return wanted;
  }

  double LastScore(std::size_t number) const { return scores[(number + 1) * static_cast<std::size_t>(count) - 1]; }
};

DeviceScan::DeviceScan(const ScanDevice& device, std::span<const float> vectors, std::int64_t width)
    : device_(device.Name()) {
  try {
    vectors_ = device.MakeFlat(width, Nearness::kInnerProduct);
    vectors_->add(static_cast<std::int64_t>(vectors.size()) / width, vectors.data());
  } catch (const std::exception& error) {
    GiveUp(error.what());
  }
}

DeviceScan::~DeviceScan() = default;

void DeviceScan::GiveUp(const char* reason) const {
  failed_ = true;
  base::LogWarning("vectors are scanned by the CPU, because " + device_ + " failed: " + reason);
}

DeviceScan::Candidates DeviceScan::Find(std::span<const Query> queries, std::int64_t count) const {
  const std::lock_guard lock(mutex_);
  if (failed_) return {};
  Candidates candidates{count, std::vector<float>(queries.size() * static_cast<std::size_t>(count)), {}};
  candidates.ids.resize(candidates.scores.size());
  const std::vector<float> asked = Stacked(queries);
  try {
    vectors_->search(static_cast<std::int64_t>(queries.size()), asked.data(), count, candidates.scores.data(),
                     candidates.ids.data());
  } catch (const std::exception& error) {
    GiveUp(error.what());
    return {};
  }
  return candidates;
}

std::vector<std::optional<std::vector<Neighbor>>> DeviceScan::Search(std::span<const Query> queries,
                                                                     const VectorTable& table, double longest) const {
  std::vector<std::optional<std::vector<Neighbor>>> answers(queries.size());
  const Candidates candidates = Find(queries, CandidatesOfEach(queries, table.size()));
  if (!candidates.found()) return answers;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const Query& query = queries[q];
    auto best = SearchExactlyAmong(table, query.vector.data(), query.k, candidates.Wanted(query, q));
    const double bar = candidates.LastScore(q) + Rounding(table.width, Norm(query.vector), longest);
    const bool certain = static_cast<std::int64_t>(best.size()) == query.k && best.back().score > bar;
    if (certain || candidates.count == table.size()) answers[q] = std::move(best);
  }
  return answers;
}

}  // namespace shortlist::index
