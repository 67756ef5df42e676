#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/settings_json.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "config/config.h"
#include "config/override.h"
#include "job.h"
#include "report.h"
#include "shortlist/error.h"
#include "train/trainer.h"
#include "tune/tuner.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTrialsInTable = 8;

// The settings of trials: a configuration's text with their choices above it.
class TrialSettings {
 public:
  explicit TrialSettings(const Configuration& configuration)
      : configuration_(configuration), text_(base::ReadFile(configuration.file)) {}

  std::string TextWith(std::span<const tune::Choice> choices) const {
    std::vector<config::Override> overrides;
    overrides.reserve(choices.size());
    for (const tune::Choice& choice : choices) overrides.push_back({choice.setting, choice.value});
    return config::WithOverrides(text_, overrides);
  }

  Settings With(std::span<const tune::Choice> choices) const {
    std::string name = configuration_.file.string();
    for (const tune::Choice& choice : choices)
      name.append(" with ").append(choice.setting).append(": ").append(choice.value);
    Settings settings = config::ParseSettings(TextWith(choices), name);
    if (configuration_.threads) settings.threads = *configuration_.threads;
    if (configuration_.seed) settings.seed = *configuration_.seed;
    // Fitted behind the training whose metric is looked at.
    settings.model.repeat.kind = RepeatKind::kNone;
    return settings;
  }

  // So that a range which leads nowhere is told before anything is trained.
  void Check(const tune::SearchSpace& space) const {
    for (const tune::Choice& choice : space.Bounds()) With({&choice, 1});
  }

 private:
  const Configuration& configuration_;
  std::string text_;
};

// Trains each trial in a directory of its own.
class DirectoryTrainer : public tune::TrialTrainer {
 public:
  DirectoryTrainer(const TrialSettings& trials, const Settings& present, fs::path root)
      : trials_(trials),
        root_(std::move(root)),
        dataset_(OpenDataset(present)),
        backend_(MakeTrainingBackend(present)) {}

  tune::Progress Train(std::int64_t number, std::span<const tune::Choice> choices, std::int64_t epochs) override {
    Settings settings = trials_.With(choices);
    settings.train.epochs = epochs;
    const fs::path directory = DirectoryOf(number);
    base::MakeDirectories(directory);
    const bool begun = fs::exists(directory / "last" / "checkpoint.json");
    const train::TrainReport report =
        train::Train(settings, dataset_, *backend_, directory, begun ? train::Start::kResume : train::Start::kFresh);
    return {.epochs = static_cast<std::int64_t>(report.epochs.size()),
            .metric = report.best_metric,
            .best_epoch = report.best_epoch,
            .ended = report.reason == train::StopReason::kEarlyStop || report.reason == train::StopReason::kMaxSteps,
            .stopped = report.reason == train::StopReason::kSignal};
  }

  void Forget(std::int64_t number) override { base::RemoveDirectory(DirectoryOf(number)); }

 private:
  fs::path DirectoryOf(std::int64_t number) const { return root_ / fmt::format("{:04}", number); }

  const TrialSettings& trials_;
  fs::path root_;
  data::Dataset dataset_;
  std::unique_ptr<tensor::Backend> backend_;
};

std::string Fingerprint(const Settings& settings, const fs::path& dataset) {
  return base::Sha256(base::SettingsToJson(settings.features) + base::SettingsToJson(settings.model) +
                      base::SettingsToJson(settings.train) + base::SettingsToJson(settings.tune) +
                      std::to_string(settings.seed) + base::Sha256OfFile(dataset / "dataset.json"));
}

tune::Study OpenStudy(const fs::path& file, const std::string& fingerprint, train::Start start) {
  if (start == train::Start::kFresh) {
    base::RemoveDirectory(file.parent_path());
    return {.fingerprint = fingerprint, .trials = {}};
  }
  tune::Study study = tune::LoadStudy(file);
  if (study.fingerprint == fingerprint) return study;
  throw Error(Code::kFailedPrecondition, "cannot resume '" + file.string() +
                                             "': the configuration, the seed or the dataset is not what it began "
                                             "with; restore it, or start afresh without --resume");
}

std::string Text(const tune::Trial& trial) {
  if (!trial.failure.empty()) return "failed: " + trial.failure;
  if (trial.choices.empty()) return "the present configuration";
  std::string text;
  for (const tune::Choice& choice : trial.choices) {
    text.append(text.empty() ? "" : ", ").append(choice.setting).append(": ").append(choice.value);
  }
  return text;
}

std::vector<std::size_t> BestFirst(const tune::Study& study) {
  std::vector<std::size_t> order(study.trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return study.trials[left].metric > study.trials[right].metric;
  });
  return order;
}

std::string Table(const tune::Study& study, const std::string& metric) {
  std::string table = fmt::format("{:>6} {:>6} {:>10} {:>10}  {}\n", "trial", "epochs", metric, "seconds", "settings");
  const std::vector<std::size_t> order = BestFirst(study);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const std::size_t place = order[rank];
    const tune::Trial& trial = study.trials[place];
    const bool worth_a_line = rank < kTrialsInTable || trial.choices.empty();
    if (!worth_a_line || (trial.epochs == 0 && trial.failure.empty())) continue;
    const std::string value = std::isfinite(trial.metric) ? fmt::format("{:.4f}", trial.metric) : "-";
    table += fmt::format("{:>6} {:>6} {:>10} {:>10.1f}  {}\n", place, trial.epochs, value, trial.seconds, Text(trial));
  }
  if (order.size() > kTrialsInTable) table += fmt::format("the best of {} configurations\n", order.size());
  return table;
}

nlohmann::json ToJson(const tune::Trial& trial) {
  nlohmann::json settings = nlohmann::json::object();
  for (const tune::Choice& choice : trial.choices) settings[choice.setting] = choice.value;
  return {{"settings", settings},
          {"epochs", trial.epochs},
          {"best_epoch", trial.best_epoch},
          {"metric", std::isfinite(trial.metric) ? nlohmann::json(trial.metric) : nlohmann::json(nullptr)},
          {"seconds", trial.seconds},
          {"failure", trial.failure}};
}

std::string Json(const tune::Study& study, const std::string& metric, const fs::path& out) {
  nlohmann::json trials = nlohmann::json::array();
  for (const tune::Trial& trial : study.trials) trials.push_back(ToJson(trial));
  const nlohmann::json result = {{"metric", metric},
                                 {"best", &study.Best() - study.trials.data()},
                                 {"configuration", out.string()},
                                 {"seconds", study.Seconds()},
                                 {"trials", trials}};
  return result.dump(2) + "\n";
}

std::string Heading(const tune::Study& study, const Settings& settings, const fs::path& file) {
  const tune::Trial& best = study.Best();
  const tune::Trial& present = study.trials.front();
  return fmt::format(
      "# The best of {} configurations that `shortlist tune {}` tried: validation {} {:.4f} after {} epochs,\n"
      "# where the configuration that it began with had {:.4f} after {}. Seed {}.\n",
      study.trials.size(), file.filename().string(), settings.train.early_stop.metric, best.metric, best.epochs,
      present.metric, present.epochs, settings.seed);
}

fs::path TunedName(const TuneCommand& command) {
  if (!command.out.empty()) return command.out;
  fs::path name = command.configuration.file;
  return name.replace_extension(".tuned.yaml");
}

}  // namespace

Completion Execute(const TuneCommand& command) {
  RequireOneProcess("tune");
  const Settings settings = Load(command.configuration);
  if (settings.tune.ranges.empty()) {
    throw Error(Code::kInvalidArgument, "'" + command.configuration.file.string() +
                                            "' has no tune.ranges, which say what may change (docs/config.md)");
  }
  const TrialSettings trial_settings(command.configuration);
  trial_settings.Check(tune::SearchSpace(settings.tune, settings.seed));

  const Layout layout = LayoutOf(settings);
  const fs::path trials = layout.root / "tune" / "trials";
  DirectoryTrainer trainer(trial_settings, settings, trials);
  const tune::TuneRequest request = {.settings = settings.tune,
                                     .seed = settings.seed,
                                     .last_epochs = settings.train.epochs,
                                     .study_file = layout.root / "tune" / "study.json",
                                     .budget_seconds = command.budget_seconds};
  tune::Study study = OpenStudy(request.study_file, Fingerprint(settings, layout.dataset), command.start);
  base::MakeDirectories(trials);
  base::InstallStopSignals();
  const tune::Ending ending = tune::Tune(request, trainer, study);
  if (ending == tune::Ending::kStopped) {
    std::cout << fmt::format("stopped by a signal; go on with: shortlist tune {} --resume\n",
                             command.configuration.file.string());
    return Completion::kStopped;
  }

  const fs::path out = TunedName(command);
  base::WriteFileAtomically(
      out, Heading(study, settings, command.configuration.file) + trial_settings.TextWith(study.Best().choices));
  WriteResult(command.json, Json(study, settings.train.early_stop.metric, out));
  std::cout << Table(study, settings.train.early_stop.metric);
  if (ending == tune::Ending::kBudgetSpent) {
    std::cout << fmt::format("the budget is spent after {:.0f} s of training; --resume with a larger one goes on\n",
                             study.Seconds());
  }
  std::cout << fmt::format("best configuration: {}\n", out.string());
  return Completion::kDone;
}

}  // namespace shortlist::tools
