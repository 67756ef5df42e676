#include "index/tuning.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/progress.h"
#include "base/settings_kind.h"
#include "base/stopwatch.h"
#include "index/build_cost.h"
#include "index/timed_search.h"
#include "index/tuning_grid.h"

namespace shortlist::index {
namespace {

constexpr double kTie = 1.05;
// A trial this much slower than the fastest at first sight is not timed again.
constexpr double kHopeless = 2;

double CostOf(IndexGoal goal, const Trial& trial) {
  return goal == IndexGoal::kLatency ? trial.query_microseconds : trial.bytes_per_vector;
}

IndexGoal Other(IndexGoal goal) {
  return goal == IndexGoal::kLatency ? IndexGoal::kMemory : IndexGoal::kLatency;
}

// Those that cost about as little as the cheapest of them, in order.
std::vector<std::size_t> Cheapest(IndexGoal goal, std::span<const Trial> trials,
                                  const std::vector<std::size_t>& among) {
  const auto cost = [&](std::size_t trial) { return CostOf(goal, trials[trial]); };
  const double least = cost(*std::ranges::min_element(among, {}, cost));
  std::vector<std::size_t> cheapest;
  std::ranges::copy_if(among, std::back_inserter(cheapest), [&](std::size_t t) { return cost(t) <= least * kTie; });
  return cheapest;
}

// A trial whose index is there, as long as it is worth something.
struct Tried {
  Trial trial;
  std::optional<VectorIndex> index = {};
};

// The trials of one grid, on the same vectors and queries.
class Tuner {
 public:
  Tuner(const TuningGoal& goal, std::span<const float> vectors, const QuerySet& asked, base::ThreadPool& pool)
      : goal_(goal),
        vectors_(vectors),
        asked_(asked),
        shape_{static_cast<std::int64_t>(vectors.size()) / asked.width, asked.width},
        pool_(pool),
        exact_(ExactAnswers(vectors, asked.queries, asked.width, asked.k, pool)) {}

  std::vector<VectorIndexSettings> Grid() const { return TuningGrid(shape_, asked_.k); }

  // Empty-handed if the target is out of reach.
  Tried Try(const VectorIndexSettings& settings) const {
    const BuildCost expected = EstimateCost(settings, shape_);
    if (expected.cpu_seconds > goal_.build_seconds) return LeftOut(settings, expected);
    const base::CpuStopwatch build = base::CpuStopwatch::OfProcess();
    std::optional<VectorIndex> index = VectorIndex::Build(settings, vectors_, shape_.width, pool_.threads());
    const double build_seconds = build.seconds();
    Tried best{{.settings = settings,
                .recall = {},
                .build_seconds = build_seconds,
                .left_out = fmt::format("its recall stays below {}", goal_.target_recall)}};
    for (const VectorIndexSettings& variant : SearchVariants(settings)) {
      std::optional<Trial> found = Least(variant, index);
      if (!found) continue;
      if (!best.trial.left_out.empty() || found->query_microseconds < best.trial.query_microseconds) {
        best.trial = *found;
      }
    }
    best.trial.build_seconds = build_seconds;
    best.trial.bytes_per_vector = expected.bytes / static_cast<double>(std::max<std::int64_t>(1, shape_.count));
    if (best.trial.left_out.empty()) best.index = std::move(*index).Reopened(best.trial.settings);
    return best;
  }

  // Measures the trials that may be the fastest in turns.
  void Time(std::vector<Tried>& tried) const {
    double fastest = std::numeric_limits<double>::max();
    for (const Tried& one : tried) {
      if (one.index) fastest = std::min(fastest, one.trial.query_microseconds);
    }
    std::vector<Tried*> close;
    for (Tried& one : tried) {
      if (one.index && one.trial.query_microseconds <= fastest * kHopeless) close.push_back(&one);
    }
    std::vector<const VectorIndex*> indexes;
    std::ranges::transform(close, std::back_inserter(indexes), [](const Tried* one) { return &*one->index; });
    const std::vector<double> microseconds = TimeInTurns(indexes, asked_);
    for (std::size_t i = 0; i < close.size(); ++i) close[i]->trial.query_microseconds = microseconds[i];
  }

  MeasuredIndex Measured(Tried tried) const {
    const Trial& trial = tried.trial;
    IndexSummary summary;
    summary.vectors = shape_.count;
    summary.kind = tried.index->kind();
    summary.recall = trial.recall;
    summary.query_microseconds = trial.query_microseconds;
    summary.build_seconds = trial.build_seconds;
    return {std::move(*tried.index), summary};
  }

 private:
  Tried LeftOut(const VectorIndexSettings& settings, const BuildCost& expected) const {
    Tried tried{{.settings = settings, .recall = {}}};
    tried.trial.build_seconds = expected.cpu_seconds;
    tried.trial.bytes_per_vector = expected.bytes / static_cast<double>(shape_.count);
    tried.trial.left_out = fmt::format("building it would take about {:.0f} s", expected.cpu_seconds);
    return tried;
  }

  // The search that reaches the target with the least of its parameter, and at first sight its time.
  std::optional<Trial> Least(VectorIndexSettings settings, std::optional<VectorIndex>& index) const {
    const SearchParameter parameter = SearchParameterOf(settings, shape_);
    std::optional<Trial> found;
    const auto reaches = [&](std::int64_t value) {
      settings.*parameter.field = value;
      index = std::move(*index).Reopened(settings);
      const base::CpuStopwatch asking = base::CpuStopwatch::OfProcess();
      const Recall recall = CompareAnswers(exact_, AskAll(*index, asked_, pool_), asked_.k);
      const double queries = std::max<double>(1, static_cast<double>(exact_.size()));
      if (recall.value < goal_.target_recall) return false;
      found = Trial{.settings = settings, .recall = recall, .query_microseconds = asking.seconds() * 1e6 / queries};
      return true;
    };
    LeastThatReaches(parameter.least, settings.kind == IndexKind::kFlat ? parameter.least : parameter.most, reaches);
    return found;
  }

  TuningGoal goal_;
  std::span<const float> vectors_;
  const QuerySet& asked_;
  VectorShape shape_;
  base::ThreadPool& pool_;
  Answers exact_;
};

}  // namespace

std::optional<std::int64_t> LeastThatReaches(std::int64_t least, std::int64_t most,
                                             const std::function<bool(std::int64_t)>& reaches) {
  std::int64_t low = least;  // everything below it falls short
  std::int64_t high = least;
  while (!reaches(high)) {
    if (high >= most) return std::nullopt;
    low = high + 1;
    high = std::min(most, high * 2);
  }
  while (high - low > high / 32) {
    const std::int64_t middle = low + (high - low) / 2;
    if (reaches(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

std::size_t BestTrial(const TuningGoal& goal, std::span<const Trial> trials) {
  std::vector<std::size_t> eligible;
  for (std::size_t t = 0; t < trials.size(); ++t) {
    if (trials[t].left_out.empty()) eligible.push_back(t);
  }
  return Cheapest(Other(goal.optimize), trials, Cheapest(goal.optimize, trials, eligible)).front();
}

bool IsOnFrontier(std::span<const Trial> trials, std::size_t trial) {
  const Trial& one = trials[trial];
  if (!one.left_out.empty()) return false;
  return std::ranges::none_of(trials, [&](const Trial& other) {
    const bool no_worse = other.left_out.empty() && other.recall.value >= one.recall.value &&
                          other.query_microseconds <= one.query_microseconds &&
                          other.bytes_per_vector <= one.bytes_per_vector;
    const bool better = other.recall.value > one.recall.value || other.query_microseconds < one.query_microseconds ||
                        other.bytes_per_vector < one.bytes_per_vector;
    return no_worse && better;
  });
}

Tuning TuneIndex(const TuningGoal& goal, std::span<const float> vectors, const QuerySet& asked, const std::string& what,
                 base::ThreadPool& pool) {
  const Tuner tuner(goal, vectors, asked, pool);
  const std::vector<VectorIndexSettings> grid = tuner.Grid();
  base::Progress progress("tuning the index of " + what, static_cast<std::int64_t>(grid.size()), "trials");
  std::vector<Tried> tried;
  for (const VectorIndexSettings& settings : grid) {
    progress.SetNote(base::NameOf(settings.kind));
    tried.push_back(tuner.Try(settings));
    progress.Advance(1);
  }
  tuner.Time(tried);
  std::vector<Trial> trials;
  std::ranges::transform(tried, std::back_inserter(trials), &Tried::trial);
  const std::size_t best = BestTrial(goal, trials);
  return {tuner.Measured(std::move(tried[best])), trials[best].settings, std::move(trials)};
}

}  // namespace shortlist::index
