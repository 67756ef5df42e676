#include "wiring.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/plugin.h"
#include "base/settings_kind.h"
#include "data/decision_file.h"
#include "data/event_file.h"
#include "eval/blend_recommender.h"
#include "eval/dot_product_recommender.h"
#include "repeat/repeat_weights.h"
#include "shortlist/device.h"
#include "shortlist/error.h"
#include "tensor/device_choice.h"
#include "train/checkpoint.h"
#include "train/prior_fit.h"
#include "train/query_source.h"
#include "train/repeat_fit.h"
#include "train/trainer.h"

namespace shortlist::tools {

namespace fs = std::filesystem;

Layout LayoutOf(const Settings& settings) {
  const fs::path root = settings.directory;
  return {root, root / "dataset", root / "checkpoints", root / "reports", root / "bundle"};
}

tensor::DeviceLibrary FindDevices() {
  return tensor::OpenDeviceLibrary({.directories = base::PluginDirectories()});
}

namespace {

std::string PrecisionText(const tensor::DeviceChoice& choice, Precision precision) {
  const bool reduced = choice.device.kind != DeviceKind::kCpu || tensor::CpuPrecision(precision) == precision;
  const std::string name(base::NameOf(precision));
  return reduced ? name : "fp32, as this processor has no matrix tiles for " + name;
}

std::unique_ptr<tensor::Backend> MakeBackendOf(const Settings& settings, Precision precision,
                                               const comm::Launch& launch) {
  DeviceName wanted = ParseDeviceName(settings.device).value();
  const tensor::DeviceLibrary library = wanted.kind == DeviceKind::kCpu ? tensor::DeviceLibrary{} : FindDevices();
  const bool shared = launch.size > 1 && wanted.kind == DeviceKind::kAuto && library.plugin != nullptr;
  if (shared) wanted = {DeviceKind::kCuda, launch.local_rank};
  const tensor::DeviceChoice choice = tensor::ChooseDevice(wanted, library);
  auto backend = tensor::MakeBackend(choice, library, static_cast<int>(settings.threads), precision);
  base::LogInfo("computing on " + backend->Name() + " in " + PrecisionText(choice, precision) + ", because " +
                choice.reason);
  return backend;
}

}  // namespace

std::unique_ptr<tensor::Backend> MakeBackend(const Settings& settings) {
  return MakeBackendOf(settings, Precision::kFloat32, {});
}

std::unique_ptr<tensor::Backend> MakeTrainingBackend(const Settings& settings, const comm::Launch& launch) {
  return MakeBackendOf(settings, settings.precision, launch);
}

std::optional<index::ScanDevice> FindScanDevice(const Settings& settings) {
  const DeviceName wanted = ParseDeviceName(settings.device).value();
  if (wanted.kind == DeviceKind::kCpu) return std::nullopt;
  const DeviceName computing = tensor::ChooseDevice(wanted, FindDevices()).device;
  if (computing.kind == DeviceKind::kCpu) return std::nullopt;
  index::ScanDeviceChoice choice = index::ChooseScanDevice(computing, base::PluginDirectories());
  base::LogInfo("vectors are scanned on " + (choice.device ? choice.device->Name() : "the CPU") + ", because " +
                choice.reason);
  return choice.device;
}

data::Dataset OpenDataset(const Settings& settings) {
  const fs::path directory = LayoutOf(settings).dataset;
  if (!fs::exists(directory)) {
    throw Error(Code::kFailedPrecondition,
                "there is no dataset in '" + directory.string() + "'; make it with: shortlist prepare CONFIG");
  }
  return data::Dataset::Open(directory);
}

namespace {

// The weights that were fitted to this very model.
std::optional<fs::path> RepeatFileOfModel(const model::TwoTower& towers, const fs::path& directory) {
  if (towers.spec().settings.repeat.kind == RepeatKind::kNone) return std::nullopt;
  const fs::path checkpoint = directory.parent_path();
  fs::path file = train::RepeatFileOf(checkpoint.parent_path());
  if (!fs::exists(file) ||
      repeat::ReadRepeatWeights(file).model_sha256 != base::Sha256OfFile(checkpoint / "checkpoint.json")) {
    throw Error(Code::kFailedPrecondition, "the weights of repeat purchases of the model in '" + directory.string() +
                                               "' are not fitted yet; finish training with: shortlist train CONFIG "
                                               "--resume");
  }
  return file;
}

void WriteEvents(const fs::path& file, std::span<const profile::Event> events) {
  std::vector<data::EventRow> rows;
  rows.reserve(events.size());
  for (const profile::Event& event : events) {
    rows.push_back({event.id, event.user, event.item, event.time, base::NameOf(event.kind), event.quantity, event.price,
                    event.dwell_seconds, event.query, event.device, event.channel, event.locale, event.request});
  }
  data::WriteEventFile(file, rows);
}

EventKind KindOf(std::string_view name, const fs::path& file) {
  const auto& names = EnumNames<EventKind>::kNames;
  const auto* const known = std::ranges::find(names, name);
  if (known != names.end()) return static_cast<EventKind>(known - names.begin());
  throw Error(Code::kDataLoss, "'" + file.string() + "': '" + std::string(name) + "' is not a kind of events");
}

std::vector<profile::Event> ReadEvents(const fs::path& file) {
  std::vector<profile::Event> events;
  data::ReadEventFile(file, [&](const data::EventRow& row) {
    events.push_back({std::string(row.event_id), std::string(row.user), KindOf(row.event_type, file),
                      std::string(row.item), row.time, row.quantity, row.price, row.dwell_seconds,
                      std::string(row.query), std::string(row.device), std::string(row.channel),
                      std::string(row.locale), std::string(row.request_id)});
  });
  return events;
}

std::map<EventKind, std::int64_t> OldestEvents(const fs::path& file) {
  std::map<EventKind, std::int64_t> oldest;
  for (const auto& [name, time] : data::ReadOldestEvents(file)) oldest.emplace(KindOf(name, file), time);
  return oldest;
}

data::DecisionRow RowOf(const profile::Decision& decision) {
  data::DecisionRow row{decision.request, decision.user,   decision.time,           decision.bundle, decision.policy,
                        decision.reason,  decision.wanted, decision.history_events, decision.context};
  for (const profile::ShownItem& shown : decision.items) {
    row.items.push_back(shown.item);
    row.scores.push_back(shown.score);
    row.item_reasons.push_back(shown.reason);
    row.probabilities.push_back(shown.probability);
  }
  return row;
}

profile::Decision DecisionOf(const data::DecisionRow& row) {
  profile::Decision decision{std::string(row.request_id),
                             std::string(row.user),
                             row.time,
                             std::string(row.bundle_version),
                             std::string(row.policy),
                             std::string(row.reason),
                             row.k,
                             row.history_events,
                             std::string(row.context),
                             {}};
  for (std::size_t i = 0; i < row.items.size(); ++i) {
    decision.items.push_back(
        {std::string(row.items[i]), row.scores[i], std::string(row.item_reasons[i]), row.probabilities[i]});
  }
  return decision;
}

void WriteDecisions(const fs::path& file, std::span<const profile::Decision> decisions) {
  std::vector<data::DecisionRow> rows;
  rows.reserve(decisions.size());
  for (const profile::Decision& decision : decisions) rows.push_back(RowOf(decision));
  data::WriteDecisionFile(file, rows);
}

std::vector<profile::Decision> ReadDecisions(const fs::path& file) {
  std::vector<profile::Decision> decisions;
  data::ReadDecisionFile(file, [&](const data::DecisionRow& row) { decisions.push_back(DecisionOf(row)); });
  return decisions;
}

}  // namespace

TrainedModel LoadModel(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend) {
  const fs::path directory = train::FindModel(LayoutOf(settings).checkpoints);
  if (train::ReadLineage(directory.parent_path()).DatasetDigest() != dataset.digest()) {
    throw Error(Code::kFailedPrecondition, "the model in '" + directory.string() +
                                               "' was trained on another dataset than that of now; train again with: "
                                               "shortlist train CONFIG");
  }
  model::TwoTower towers = train::LoadFitted(directory, backend);
  std::optional<fs::path> repeat_file = RepeatFileOfModel(towers, directory);
  return {directory, std::move(towers), std::move(repeat_file)};
}

namespace {

// Of a baseline that is the model, another name than the baseline's.
std::string NameOf(const ModelSettings& settings) {
  const std::string kind(base::NameOf(settings.kind));
  return IsClosedForm(settings.kind) ? kind + "_model" : kind;
}

}  // namespace

std::unique_ptr<eval::Recommender> MakeModelRecommender(const data::Dataset& dataset, data::Part part,
                                                        TrainedModel& model, tensor::Backend& backend) {
  model::TwoTower& towers = model.towers;
  const std::int64_t width = towers.vector_width();
  towers.ReplaceDemand(train::MakeItemInputs(towers.spec().settings, dataset, part).log_demand);
  std::vector<float> items(static_cast<std::size_t>(dataset.items() * width));
  towers.EncodeItems(0, dataset.items(), items);
  const auto encode = [&dataset, &towers, part](std::span<const eval::Query> queries) {
    return train::EncodeQueries(towers, dataset, part, queries);
  };
  auto ranked =
      std::make_unique<eval::DotProductRecommender>(NameOf(towers.spec().settings), items, width, encode, backend);
  if (!model.repeat_file) return ranked;
  repeat::Blend blend(repeat::ReadRepeatWeights(*model.repeat_file), towers.spec().settings.dimension);
  return std::make_unique<eval::BlendRecommender>(std::move(ranked), std::move(items), width, std::move(blend));
}

profile::EventFiles ParquetEventFiles() {
  return {WriteEvents, ReadEvents, data::ReadEventUsers, OldestEvents};
}

profile::DecisionFiles ParquetDecisionFiles() {
  return {WriteDecisions, ReadDecisions, data::ReadDecisionUsers};
}

}  // namespace shortlist::tools
