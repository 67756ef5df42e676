#include "serve/sample_check.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

// Sums of a few hundred products differ by less than this between instruction sets, relative to the larger of the score
// and 1.
constexpr float kRounding = 1e-4F;

// Graph and list indexes may take another turn where rounding differs, so a sliver of their recall may be lost.
constexpr double kRecallSlack = 0.01;

struct Found {
  std::int64_t exact = 0;
  std::int64_t given = 0;
};

float ScoreOf(const index::VectorIndex& index, std::span<const float> query, std::int32_t id) {
  const std::vector<float> vector = index.Vector(id);
  return std::inner_product(query.begin(), query.end(), vector.begin(), 0.0F);
}

bool Contains(const std::vector<index::Neighbor>& answers, std::int32_t id) {
  return std::ranges::any_of(answers, [id](const index::Neighbor& answer) { return answer.id == id; });
}

bool IsTie(float given, float exact) {
  return std::abs(given - exact) <= kRounding * std::max(1.0F, std::abs(exact));
}

Found CompareQuery(const index::VectorIndex& index, std::span<const float> query, std::span<const std::int32_t> exact) {
  const std::vector<index::Neighbor> answers = index.Search(query, static_cast<std::int64_t>(exact.size()));
  Found found;
  for (std::size_t rank = 0; rank < exact.size() && exact[rank] >= 0; ++rank) {
    ++found.exact;
    const bool tie = rank < answers.size() && IsTie(answers[rank].score, ScoreOf(index, query, exact[rank]));
    if (tie || Contains(answers, exact[rank])) ++found.given;
  }
  return found;
}

void RequireSampleFits(const index::VectorIndex& index, const index::Bundle::Sample& sample) {
  const auto width = static_cast<std::size_t>(index.width());
  const std::size_t queries = width == 0 ? 0 : sample.queries.size() / width;
  const bool whole = queries * width == sample.queries.size() && sample.k > 0 &&
                     sample.exact_ids.size() == queries * static_cast<std::size_t>(sample.k);
  const bool known = std::ranges::all_of(sample.exact_ids, [&](std::int32_t id) { return id < index.size(); });
  if (whole && known) return;
  throw Error(Code::kDataLoss, "the bundle's sample of queries does not fit its index of " +
                                   std::to_string(index.size()) + " vectors of width " + std::to_string(index.width()) +
                                   "; make the bundle again");
}

}  // namespace

double SampleRecall(const index::VectorIndex& index, const index::Bundle::Sample& sample) {
  const auto width = static_cast<std::size_t>(index.width());
  const auto k = static_cast<std::size_t>(sample.k);
  const std::span<const float> queries = sample.queries;
  const std::span<const std::int32_t> exact = sample.exact_ids;
  Found total;
  for (std::size_t row = 0; (row + 1) * k <= exact.size(); ++row) {
    const Found found = CompareQuery(index, queries.subspan(row * width, width), exact.subspan(row * k, k));
    total.exact += found.exact;
    total.given += found.given;
  }
  return total.exact == 0 ? 1.0 : static_cast<double>(total.given) / static_cast<double>(total.exact);
}

void RequireSampleAnswers(const index::VectorIndex& index, const index::Bundle::Sample& sample) {
  if (index.size() == 0 || sample.queries.empty()) return;
  RequireSampleFits(index, sample);
  const double least = index.kind() == IndexKind::kFlat ? 1.0 : sample.index_recall - kRecallSlack;
  const double recall = SampleRecall(index, sample);
  if (recall >= least) return;
  throw Error(Code::kFailedPrecondition, "the bundle answers its own sample of queries with recall " +
                                             std::to_string(recall) + " where " + std::to_string(least) +
                                             " is required; make the bundle again");
}

}  // namespace shortlist::serve
