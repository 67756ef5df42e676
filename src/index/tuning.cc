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
// Queries that bisection asks, and the share by which their verdict is changed while all of them say otherwise.
constexpr std::int64_t kSome = 300;
constexpr std::int64_t kStep = 24;

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

struct Questions {
  QuerySet asked;
  Answers exact;
};

// The trials of one grid, on the same vectors and queries.
class Tuner {
 public:
  Tuner(const TuningGoal& goal, std::span<const float> vectors, const QuerySet& asked, base::ThreadPool& pool,
        const ScanDevice* device)
      : goal_(goal),
        vectors_(vectors),
        shape_{static_cast<std::int64_t>(vectors.size()) / asked.width, asked.width},
        pool_(pool),
        device_(device),
        all_(WithAnswers(asked)),
        some_(WithAnswers(asked.EvenlySpaced(kSome))) {}

  std::vector<VectorIndexSettings> Grid() const { return TuningGrid(shape_, all_.asked.k); }

  // Empty-handed if the target is out of reach.
  Tried Try(const VectorIndexSettings& settings) const {
    const BuildCost expected = EstimateCost(settings, shape_);
    if (expected.cpu_seconds > goal_.build_seconds) return LeftOut(settings, expected);
    const base::CpuStopwatch build = base::CpuStopwatch::OfProcess();
    std::optional<VectorIndex> index = VectorIndex::Build(settings, vectors_, shape_.width, pool_.threads(), device_);
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
    const std::vector<double> microseconds = TimeInTurns(indexes, all_.asked);
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
  Questions WithAnswers(const QuerySet& asked) const {
    return {asked, ExactAnswers(vectors_, asked.queries, asked.width, asked.k, pool_, device_)};
  }

  Tried LeftOut(const VectorIndexSettings& settings, const BuildCost& expected) const {
    Tried tried{{.settings = settings, .recall = {}}};
    tried.trial.build_seconds = expected.cpu_seconds;
    tried.trial.bytes_per_vector = expected.bytes / static_cast<double>(shape_.count);
    tried.trial.left_out = fmt::format("building it would take about {:.0f} s", expected.cpu_seconds);
    return tried;
  }

  // The search that reaches the target with the least of its parameter, and at first sight its time. Some of the
  // queries say about where it is, all of them whether it is enough.
  std::optional<Trial> Least(VectorIndexSettings settings, std::optional<VectorIndex>& index) const {
    const SearchParameter parameter = SearchParameterOf(settings, shape_);
    const std::int64_t most = settings.kind == IndexKind::kFlat ? parameter.least : parameter.most;
    const auto ask = [&](std::int64_t value, const Questions& questions) {
      settings.*parameter.field = value;
      index = std::move(*index).Reopened(settings);
      return Ask(settings, *index, questions);
    };
    std::optional<std::int64_t> value = LeastThatReaches(parameter.least, most, [&](std::int64_t tried) {
      return ask(tried, some_).recall.value >= goal_.target_recall;
    });
    return value ? LeastForAll(*value, parameter.least, most, ask) : std::nullopt;
  }

  // From where some of the queries said it is, in small steps to where all of them do.
  template <class AskWith>
  std::optional<Trial> LeastForAll(std::int64_t value, std::int64_t least, std::int64_t most,
                                   const AskWith& ask) const {
    const auto reaches = [&](const Trial& trial) { return trial.recall.value >= goal_.target_recall; };
    Trial trial = ask(value, all_);
    while (!reaches(trial)) {
      if (value == most) return std::nullopt;
      value = std::min(most, value + std::max<std::int64_t>(1, value / kStep));
      trial = ask(value, all_);
      if (reaches(trial)) return trial;
    }
    while (value > least) {
      value = std::max(least, value - std::max<std::int64_t>(1, value / kStep));
      const Trial lesser = ask(value, all_);
      if (!reaches(lesser)) break;
      trial = lesser;
    }
    return trial;
  }

  Trial Ask(const VectorIndexSettings& settings, const VectorIndex& index, const Questions& questions) const {
    const base::CpuStopwatch asking = base::CpuStopwatch::OfProcess();
    const Answers given = AskAll(index, questions.asked, pool_);
    const double microseconds = asking.seconds() * 1e6 / std::max(1.0, static_cast<double>(given.size()));
    return {.settings = settings,
            .recall = CompareAnswers(questions.exact, given, questions.asked.k),
            .query_microseconds = microseconds};
  }

  TuningGoal goal_;
  std::span<const float> vectors_;
  VectorShape shape_;
  base::ThreadPool& pool_;
  const ScanDevice* device_;
  Questions all_;
  Questions some_;
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
                 base::ThreadPool& pool, const ScanDevice* device) {
  const Tuner tuner(goal, vectors, asked, pool, device);
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
