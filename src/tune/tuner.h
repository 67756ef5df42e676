// The search for better settings: draws configurations, trains them by successive halving, remembers what they reached.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>

#include "shortlist/settings/tune.h"
#include "tune/study.h"

namespace shortlist::tune {

// How a trial has done since it began.
struct Progress {
  std::int64_t epochs = 0;
  double metric = 0;  // the best validation metric of these epochs; NaN if there was none
  std::int64_t best_epoch = 0;
  bool ended = false;    // by itself, before the epochs that it was given
  bool stopped = false;  // from outside, before the epochs that it was given
};

// Trains trials. Each is known by its number and goes on from where it was left, in this process or an earlier one.
class TrialTrainer {
 public:
  virtual ~TrialTrainer() = default;
  // Until the trial has seen `epochs`. Throws Error if these choices cannot be trained.
  virtual Progress Train(std::int64_t number, std::span<const Choice> choices, std::int64_t epochs) = 0;
  // The trial will not be trained further. It may be told more than once.
  virtual void Forget(std::int64_t number) = 0;
};

struct TuneRequest {
  TuneSettings settings;
  std::int64_t seed = 1;
  std::int64_t last_epochs = 1;
  std::filesystem::path study_file;
  // Seconds that training may take in all, over every process that worked on the study. Work that would end later,
  // judged by what an epoch took so far, is not begun. While there is time, further configurations are drawn.
  double budget_seconds = std::numeric_limits<double>::infinity();
};

enum class Ending { kAllTrained, kBudgetSpent, kStopped };

// Goes on with `study` until its end. Saves it after each piece of work. A trial whose settings are refused, or that
// gives no metric, counts as failed; every other Error of the trainer is passed on. Without a budget,
// settings.configurations are tried, fewer if the ranges have no more; with one, as many rounds of them as it allows.
Ending Tune(const TuneRequest& request, TrialTrainer& trainer, Study& study);

}  // namespace shortlist::tune
