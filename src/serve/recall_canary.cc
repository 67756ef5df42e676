#include "serve/recall_canary.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <stop_token>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace shortlist::serve {
namespace {

// Sums of another order may differ by this share.
constexpr float kScoreTolerance = 1e-5F;

// What is left of a thread's share when others have work.
void BeModest() {
  constexpr int kLeastPriority = 19;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLeastPriority);
}

bool Draw(double fraction) {
  thread_local std::minstd_rand random{std::random_device()()};
  return std::generate_canonical<double, 31>(random) < fraction;
}

CanaryQuery CopyOf(const ItemSearch& search) {
  CanaryQuery query{search.snapshot,
                    {search.query.begin(), search.query.end()},
                    search.k,
                    {search.excluded.begin(), search.excluded.end()},
                    {}};
  if (search.allowed != nullptr) query.allowed = *search.allowed;
  for (const index::Neighbor& neighbor : search.neighbors) query.scores.push_back(neighbor.score);
  return query;
}

std::vector<float> AllScores(const CanaryQuery& query) {
  const index::VectorIndex& items = query.snapshot->bundle().items();
  std::vector<float> scores;
  for (std::int32_t item = 0; item < items.size(); ++item) {
    if (query.allowed && !query.allowed->Contains(item)) continue;
    if (std::ranges::binary_search(query.excluded, item)) continue;
    const std::vector<float> vector = items.Vector(item);
    scores.push_back(std::inner_product(vector.begin(), vector.end(), query.query.begin(), 0.0F));
  }
  return scores;
}

}  // namespace

CanaryResult AnswerExactly(const CanaryQuery& query) {
  std::vector<float> scores = AllScores(query);
  const std::int64_t expected = std::min(query.k, static_cast<std::int64_t>(scores.size()));
  if (expected == 0) return {};
  const auto worst = scores.begin() + expected - 1;
  std::nth_element(scores.begin(), worst, scores.end(), std::greater<>());
  const float least = *worst - kScoreTolerance * std::max(1.0F, std::abs(*worst));
  const auto hits = std::ranges::count_if(query.scores, [&](float score) { return score >= least; });
  return {expected, std::min(expected, static_cast<std::int64_t>(hits))};
}

struct RecallCanary::State {
  State(const CanarySettings& given, telemetry::ServingMetrics& given_metrics)
      : settings(given), metrics(given_metrics) {}

  std::optional<CanaryQuery> Next(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    if (!wake.wait(lock, stop, [this] { return !waiting.empty(); })) return std::nullopt;
    CanaryQuery query = std::move(waiting.front());
    waiting.pop_front();
    return query;
  }

  void Work(const std::stop_token& stop) {
    BeModest();
    while (!stop.stop_requested()) {
      const std::optional<CanaryQuery> query = Next(stop);
      if (!query) return;
      const CanaryResult result = AnswerExactly(*query);
      metrics.CanaryAnswered(result.hits, result.expected);
    }
  }

  // False if it is busy.
  bool TryPush(CanaryQuery query) {
    const std::unique_lock lock(mutex, std::try_to_lock);
    if (!lock.owns_lock() || static_cast<std::int64_t>(waiting.size()) >= settings.most_waiting) return false;
    waiting.push_back(std::move(query));
    return true;
  }

  CanarySettings settings;
  telemetry::ServingMetrics& metrics;
  std::mutex mutex;
  std::condition_variable_any wake;
  std::deque<CanaryQuery> waiting;
  std::jthread thread;  // last, so that it ends before what it uses
};

RecallCanary::RecallCanary(const CanarySettings& settings, telemetry::ServingMetrics& metrics)
    : state_(std::make_unique<State>(settings, metrics)) {
  if (settings.fraction <= 0) return;
  state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) { state->Work(stop); });
}

RecallCanary::~RecallCanary() = default;

void RecallCanary::Offer(const ItemSearch& search) {
  if (state_->settings.fraction <= 0 || !Draw(state_->settings.fraction)) return;
  if (state_->TryPush(CopyOf(search))) {
    state_->wake.notify_one();
  } else {
    state_->metrics.CanaryDropped();
  }
}

}  // namespace shortlist::serve
