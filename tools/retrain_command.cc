// From the newest events to the next version that serves.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/exclusive_directory.h"
#include "base/file.h"
#include "base/log.h"
#include "base/settings_json.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "data/source_fingerprint.h"
#include "data/split.h"
#include "eval/ranking_metrics.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "index/publish.h"
#include "job.h"
#include "published_versions.h"
#include "report.h"
#include "retrain_gate.h"
#include "retrain_state.h"
#include "served_model.h"
#include "shortlist/error.h"
#include "stages.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

// The settings of all stages: those of the configuration, with artifacts below retrain/ of its directory.
Settings SettingsOf(const RetrainCommand& command) {
  Settings settings = Load(command.configuration);
  settings.directory = (fs::path(settings.directory) / "retrain").string();
  if (!command.models.empty()) settings.retrain.models = command.models.string();
  if (settings.retrain.models.empty()) {
    throw Error(Code::kInvalidArgument, "retrain.models: names no directory of versions; set it, or give --models");
  }
  if (!data::FollowsNewest(settings.data.split)) {
    throw Error(Code::kInvalidArgument,
                "data.split: retrain judges models on the newest days; set rule: time, validation_days and test_days "
                "in the place of dates");
  }
  if (settings.model.kind == ModelKind::kItemKnn || settings.model.kind == ModelKind::kEase) {
    throw Error(
        Code::kInvalidArgument,
        "model.kind: item_knn and ease cannot rank the items of a later dataset, so that retrain has nothing to "
        "judge them by; use shortlist run and shortlist publish");
  }
  eval::ParseMetric(settings.retrain.gates.metric, "retrain.gates.metric");
  return settings;
}

// Of what decides which model is made, and whether it is good enough.
std::string DigestOf(const Settings& settings) {
  return base::Sha256(base::SettingsToJson(settings.data) + base::SettingsToJson(settings.features) +
                      base::SettingsToJson(settings.model) + base::SettingsToJson(settings.train) +
                      base::SettingsToJson(settings.evaluate) + base::SettingsToJson(settings.index) +
                      base::SettingsToJson(settings.retrain) + std::to_string(settings.seed));
}

template <class Group>
bool AreEqual(const Group& a, const Group& b) {
  return base::SettingsToJson(a) == base::SettingsToJson(b);
}

// One retraining: each stage leaves its artifact and its part of the report, and then the next one's name in the state.
class Retraining {
 public:
  Retraining(Settings settings, fs::path sources, std::optional<fs::path> serving, RetrainState state)
      : settings_(std::move(settings)),
        sources_(std::move(sources)),
        serving_(std::move(serving)),
        state_(std::move(state)) {
    if (serving_) served_.emplace(*serving_);
    if (served_ && !AreEqual(served_->settings().features, settings_.features)) {
      throw Error(Code::kFailedPrecondition,
                  "the serving version " + served_->version() +
                      " was made with other features than the configuration has; make the first version with them by "
                      "shortlist run and shortlist publish");
    }
  }

  const RetrainState& state() const { return state_; }

  // False if a signal stopped it.
  bool Run() {
    while (state_.next != RetrainStage::kDone) {
      if (base::StopRequested()) return false;
      const auto start = std::chrono::steady_clock::now();
      const RetrainStage stage = state_.next;
      std::cout << "== " << NameOf(stage) << std::endl;
      if (!Execute(stage)) return false;
      if (state_.next == RetrainStage::kDone) WriteReport();
      WriteRetrainState(state_, StateFile(settings_));
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      std::cout << fmt::format("{} took {:.1f} s\n\n", NameOf(stage), seconds) << std::flush;
    }
    return true;
  }

  static fs::path StateFile(const Settings& settings) { return LayoutOf(settings).root / "retrain.json"; }

 private:
  void WriteReport() const {
    base::MakeDirectories(LayoutOf(settings_).reports);
    base::WriteFileAtomically(LayoutOf(settings_).reports / "retrain.json", state_.report.dump(2) + "\n");
  }

  // For the prepare of the next retraining.
  fs::path ParsedFiles() const { return LayoutOf(settings_).root / "parsed"; }
  fs::path InitialModel() const { return LayoutOf(settings_).root / "initial"; }

  bool Execute(RetrainStage stage) {
    switch (stage) {
      case RetrainStage::kPrepare:
        return ExecutePrepare();
      case RetrainStage::kTrain:
        return ExecuteTrain();
      case RetrainStage::kEvaluate:
        return ExecuteEvaluate();
      case RetrainStage::kIndex:
        return ExecuteIndex();
      case RetrainStage::kPublish:
        return ExecutePublish();
      case RetrainStage::kDone:
        break;
    }
    return true;
  }

  bool ExecutePrepare() {
    std::optional<data::FittedGraphs> graphs;
    if (served_) graphs = served_->graphs();
    const data::PrepareReport report = Prepare(settings_, sources_, graphs, ParsedFiles());
    // Of the retraining before, whose dataset is gone.
    base::RemoveDirectory(LayoutOf(settings_).checkpoints);
    base::RemoveDirectory(InitialModel());
    if (served_) WriteInitialModel();
    std::cout << Text(report);
    state_.report["prepare"] = OrderedJson::parse(Json(report));
    state_.next = RetrainStage::kTrain;
    return true;
  }

  void WriteInitialModel() const {
    if (IsClosedForm(settings_.model.kind)) return;
    if (!AreEqual(served_->settings().model, settings_.model)) {
      base::LogWarning("the serving version has another model than the configuration; training from the beginning");
      return;
    }
    const std::unique_ptr<tensor::Backend> backend = MakeBackend(settings_);
    base::AtomicDirectory directory(InitialModel());
    served_->Over(OpenDataset(settings_), *backend).towers.Save(directory.path());
    directory.Commit();
  }

  bool ExecuteTrain() {
    std::optional<fs::path> initial;
    if (fs::exists(InitialModel())) initial = InitialModel();
    const bool begun = fs::exists(LayoutOf(settings_).checkpoints / "last" / "checkpoint.json");
    const auto start = begun ? train::Start::kResume : train::Start::kFresh;
    const train::TrainReport report = Train(settings_, start, initial);
    if (report.reason == train::StopReason::kSignal) return false;
    std::cout << Text(report);
    state_.report["train"] = OrderedJson::parse(Json(report));
    state_.report["initial"] = initial ? state_.serving : "";
    state_.next = RetrainStage::kEvaluate;
    return true;
  }

  bool ExecuteEvaluate() {
    const RetrainVerdict verdict = Judge(settings_, served_ ? &*served_ : nullptr);
    std::cout << Text(verdict);
    state_.report["evaluation"] = ToJson(verdict);
    state_.next = RetrainStage::kIndex;
    if (!verdict.passed) Refuse(verdict.reason);
    return true;
  }

  bool ExecuteIndex() {
    try {
      const index::IndexReport report = Index(settings_);
      std::cout << Text(report);
      state_.report["index"] = OrderedJson::parse(Json(report));
      state_.next = RetrainStage::kPublish;
    } catch (const Error& error) {
      // The gate of recall; anything else is for a person to see to.
      if (error.code() != Code::kFailedPrecondition) throw;
      Refuse(error.what());
    }
    return true;
  }

  bool ExecutePublish() {
    const fs::path models = settings_.retrain.models;
    try {
      const std::string version = index::PublishBundle(LayoutOf(settings_).bundle, models, serving_);
      std::cout << fmt::format("published {}\n", (models / version).string());
      Finish("published", state_.report["evaluation"]["reason"].get<std::string>(), version);
    } catch (const Error& error) {
      if (error.code() != Code::kFailedPrecondition) throw;
      Refuse(error.what());
      return true;
    }
    std::vector<std::string> kept = {state_.report["version"].get<std::string>()};
    if (serving_) kept.push_back(serving_->filename().string());
    if (settings_.retrain.keep > 0) RemoveOldVersions(models, settings_.retrain.keep, kept);
    return true;
  }

  void Refuse(const std::string& reason) { Finish("refused", reason, ""); }

  void Finish(const std::string& outcome, const std::string& reason, const std::string& version) {
    state_.report["outcome"] = outcome;
    state_.report["serving"] = state_.serving;
    state_.report["reason"] = reason;
    state_.report["version"] = version;
    state_.next = RetrainStage::kDone;
  }

  Settings settings_;
  fs::path sources_;  // what relative paths of sources are relative to
  std::optional<fs::path> serving_;
  std::optional<ServedModel> served_;
  RetrainState state_;
};

// Of the bundle that is about to be published; empty if there is none.
std::string BundleVersion(const Settings& settings) {
  const fs::path manifest = LayoutOf(settings).bundle / index::kManifestFile;
  return fs::exists(manifest) ? index::ReadManifest(manifest).manifest.version : "";
}

// What is to be done: what was begun and not finished, or all of it; nothing if all was done for what is there now.
std::optional<RetrainState> WorkOf(const Settings& settings, const fs::path& base, const std::string& serving) {
  RetrainState fresh{data::FingerprintSources(settings.data, base), DigestOf(settings), serving};
  std::optional<RetrainState> before = ReadRetrainState(Retraining::StateFile(settings));
  if (!before) return fresh;
  if (before->next == RetrainStage::kDone) {
    const bool same = before->sources == fresh.sources && before->settings == fresh.settings;
    return same ? std::nullopt : std::optional(fresh);
  }
  const bool is_published = before->next == RetrainStage::kPublish && BundleVersion(settings) == serving;
  if (before->settings != fresh.settings || (before->serving != serving && !is_published)) return fresh;
  base::LogInfo("going on with " + NameOf(before->next));
  return before;
}

base::ExclusiveDirectory Hold(const Settings& settings) {
  const fs::path root = LayoutOf(settings).root;
  try {
    return base::ExclusiveDirectory(root);
  } catch (const Error& error) {
    if (error.code() != Code::kFailedPrecondition) throw;
    throw Error(Code::kFailedPrecondition,
                "a retraining is under way in '" + root.string() + "'; wait until it has ended");
  }
}

Completion SayThatNothingIsNew(const RetrainCommand& command) {
  OrderedJson result = OrderedJson::object();
  result["outcome"] = "nothing_new";
  WriteResult(command.json, result.dump(2) + "\n");
  std::cout << "nothing is new since the last retraining: no file of events, catalog or consent has changed\n";
  return Completion::kDone;
}

}  // namespace

Completion Execute(const RetrainCommand& command) {
  RequireOneProcess("retrain");
  const Settings settings = SettingsOf(command);
  base::InstallStopSignals();
  const base::ExclusiveDirectory held = Hold(settings);
  // Takes away the unfinished reports of those that were killed.
  const base::ExclusiveDirectory reports(LayoutOf(settings).reports);
  const fs::path sources = command.configuration.file.parent_path();
  const std::optional<fs::path> serving = ServingVersion(settings.retrain.models, settings.serve.versions);
  const std::string name = serving ? serving->filename().string() : "";
  const std::optional<RetrainState> work = WorkOf(settings, sources, name);
  if (!work) return SayThatNothingIsNew(command);
  WriteRetrainState(*work, Retraining::StateFile(settings));

  Retraining retraining(settings, sources, serving, *work);
  if (!retraining.Run()) {
    std::cout << fmt::format("stopped by a signal before the end of {}; the same command goes on\n",
                             NameOf(retraining.state().next));
    return Completion::kStopped;
  }
  const OrderedJson& report = retraining.state().report;
  WriteResult(command.json, report.dump(2) + "\n");
  const auto outcome = report.at("outcome").get<std::string>();
  std::cout << fmt::format("{}: {}\n", outcome, report.at("reason").get<std::string>());
  return outcome == "published" ? Completion::kDone : Completion::kRefused;
}

}  // namespace shortlist::tools
