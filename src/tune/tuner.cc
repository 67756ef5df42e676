#include "tune/tuner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/log.h"
#include "shortlist/error.h"
#include "tune/successive_halving.h"

namespace shortlist::tune {
namespace {

// Of those drawn for a round, most were tried before once so many bring nothing new.
constexpr std::int64_t kDrawsPerTrial = 20;

std::string Describe(const Trial& trial) {
  if (trial.choices.empty()) return "the present configuration";
  std::string text;
  for (const Choice& choice : trial.choices) {
    text.append(text.empty() ? "" : ", ").append(choice.setting).append(" ").append(choice.value);
  }
  return text;
}

// Whether an error speaks of the settings of one trial only.
bool IsOfTheTrial(const Error& error) {
  return error.code() == Code::kInvalidArgument || error.code() == Code::kResourceExhausted;
}

class Search {
 public:
  Search(const TuneRequest& request, TrialTrainer& trainer, Study& study)
      : request_(request), trainer_(trainer), study_(study), space_(request.settings, request.seed) {}

  Ending Run() {
    bool more = !study_.trials.empty() || AddRound();
    while (more) {
      const std::vector<std::size_t> round = LastRound();
      const Standing standing = StandingOf(round);
      ForgetDropped(round, standing);
      if (standing.next) {
        const Work work = {round[standing.next->trial], standing.next->epochs};
        if (study_.Seconds() + Estimate(work) > request_.budget_seconds) return Ending::kBudgetSpent;
        if (Do(work) == Attempt::kStopped) return Ending::kStopped;
      } else {
        more = std::isfinite(request_.budget_seconds) && AnyTrained(round) && AddRound();
      }
    }
    return Ending::kAllTrained;
  }

 private:
  enum class Attempt { kDone, kStopped };

  // False if everything that was drawn had been tried before.
  bool AddRound() {
    const std::int64_t round = study_.trials.empty() ? 0 : study_.trials.back().round + 1;
    if (study_.trials.empty()) study_.trials.emplace_back();
    const std::size_t before = study_.trials.size();
    const std::int64_t wanted = request_.settings.configurations - 1;
    for (std::int64_t draw = 0; draw < kDrawsPerTrial * wanted; ++draw) {
      if (study_.trials.size() == before + static_cast<std::size_t>(wanted)) break;
      Trial trial;
      trial.choices = space_.Draw(study_.draws++);
      trial.round = round;
      if (!Tried(trial.choices)) study_.trials.push_back(std::move(trial));
    }
    return study_.trials.size() > before;
  }

  bool Tried(const std::vector<Choice>& choices) const {
    return std::any_of(study_.trials.begin(), study_.trials.end(),
                       [&](const Trial& trial) { return trial.choices == choices; });
  }

  // The present configuration and the trials of the last round; earlier rounds are over.
  std::vector<std::size_t> LastRound() const {
    std::vector<std::size_t> round = {0};
    for (std::size_t trial = 1; trial < study_.trials.size(); ++trial) {
      if (study_.trials[trial].round == study_.trials.back().round) round.push_back(trial);
    }
    return round;
  }

  // In places of `round`.
  Standing StandingOf(const std::vector<std::size_t>& round) const {
    std::vector<Trial> trials;
    trials.reserve(round.size());
    for (const std::size_t trial : round) trials.push_back(study_.trials[trial]);
    return Stand({request_.settings.first_epochs, request_.last_epochs, request_.settings.keep_one_in}, trials);
  }

  void ForgetDropped(const std::vector<std::size_t>& round, const Standing& standing) {
    std::vector<bool> kept(study_.trials.size());
    if (standing.next) {
      for (const std::size_t place : standing.kept) kept[round[place]] = true;
    }
    for (std::size_t trial = 0; trial < kept.size(); ++trial) {
      if (!kept[trial]) trainer_.Forget(static_cast<std::int64_t>(trial));
    }
  }

  bool AnyTrained(const std::vector<std::size_t>& round) const {
    return std::any_of(round.begin() + 1, round.end(),
                       [&](std::size_t trial) { return std::isfinite(study_.trials[trial].metric); });
  }

  // Seconds, by the trial's own pace, or else by that of all; 0 if nothing was trained yet.
  double Estimate(const Work& work) const {
    const Trial& trial = study_.trials[work.trial];
    const auto missing = static_cast<double>(work.epochs - trial.epochs);
    if (trial.epochs > 0) return missing * trial.seconds / static_cast<double>(trial.epochs);
    std::int64_t epochs = 0;
    for (const Trial& other : study_.trials) epochs += other.epochs;
    return epochs == 0 ? 0 : missing * study_.Seconds() / static_cast<double>(epochs);
  }

  Attempt Do(const Work& work) {
    Trial& trial = study_.trials[work.trial];
    base::LogInfo(fmt::format("configuration {} of {}, to epoch {}: {}", work.trial, study_.trials.size() - 1,
                              work.epochs, Describe(trial)));
    const auto start = std::chrono::steady_clock::now();
    const Attempt attempt = Train(work, trial);
    trial.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    SaveStudy(study_, request_.study_file);
    return attempt;
  }

  Attempt Train(const Work& work, Trial& trial) {
    try {
      const Progress progress = trainer_.Train(static_cast<std::int64_t>(work.trial), trial.choices, work.epochs);
      trial.epochs = progress.epochs;
      trial.ended = progress.ended;
      trial.best_epoch = progress.best_epoch;
      // What had been dropped beside this trial must stay dropped however far it has gone since.
      if (std::isfinite(progress.metric)) trial.metric = std::max(trial.metric, progress.metric);
      if (!std::isfinite(progress.metric) && !progress.stopped) trial.failure = "training gave no validation metric";
      return progress.stopped ? Attempt::kStopped : Attempt::kDone;
    } catch (const Error& error) {
      if (!IsOfTheTrial(error)) throw;
      trial.failure = error.what();
      base::LogWarning(fmt::format("configuration {} failed: {}", work.trial, trial.failure));
      return Attempt::kDone;
    }
  }

  const TuneRequest& request_;
  TrialTrainer& trainer_;
  Study& study_;
  SearchSpace space_;
};

}  // namespace

Ending Tune(const TuneRequest& request, TrialTrainer& trainer, Study& study) {
  return Search(request, trainer, study).Run();
}

}  // namespace shortlist::tune
