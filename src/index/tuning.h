// The choice of a kind of index and its parameters by trying them on real queries.
//
// What is decided when an index is built (its kind, the number of lists, the bytes of a code, the links of a graph)
// comes from a short grid (tuning_grid.h). Recall grows with the one parameter of the search (probes, depth), so the
// least that reaches the target is found by doubling and bisection. All that reach it are then timed in turns, a slice
// of the queries each, in processor time: what else the machine does slows all of them alike.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "index/measured_index.h"
#include "index/trial.h"

namespace shortlist::index {

struct TuningGoal {
  double target_recall = 0.95;
  IndexGoal optimize = IndexGoal::kLatency;
  double build_seconds = 600;  // processor time that an index may be expected to take to build
};

struct Tuning {
  MeasuredIndex chosen;
  VectorIndexSettings settings;  // of the one that was chosen
  std::vector<Trial> trials;     // in the order of the grid
};

// Chooses among all kinds the index of the vectors (row-major, as wide as the queries) that reaches the target at the
// k of the queries and takes the least processor time per query, or the fewest bytes. Within 5% of the least, the
// earlier in the grid is taken, which is the simpler one. A flat index always reaches the target. `what` names the
// vectors in the progress shown. Holds all trials in memory at once. A device computes exact answers and centroids;
// what is timed is the CPU's search.
Tuning TuneIndex(const TuningGoal& goal, std::span<const float> vectors, const QuerySet& asked, const std::string& what,
                 base::ThreadPool& pool, const ScanDevice* device = nullptr);

// The least value in [least, most] that reaches, or up to 3% more, where `reaches` is monotone; asks as few as it can,
// and last the one that it returns among those that reach. None if `most` does not reach.
std::optional<std::int64_t> LeastThatReaches(std::int64_t least, std::int64_t most,
                                             const std::function<bool(std::int64_t)>& reaches);

// Which of the trials that reach the target is best. There is one.
std::size_t BestTrial(const TuningGoal& goal, std::span<const Trial> trials);

// Whether no other trial has better recall without being slower, and less of neither bytes nor time.
bool IsOnFrontier(std::span<const Trial> trials, std::size_t trial);

}  // namespace shortlist::index
