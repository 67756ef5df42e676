#include "train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/sealed_json.h"
#include "base/settings_json.h"
#include "shortlist/error.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kFormatVersion = 1;
constexpr const char* kManifestFile = "checkpoint.json";
constexpr const char* kPositionFile = "position.json";

json TrainingThatMatters(TrainSettings settings) {
  const TrainSettings fixed;
  settings.epochs = fixed.epochs;
  settings.max_steps = fixed.max_steps;
  settings.checkpoint_steps = fixed.checkpoint_steps;
  settings.early_stop.patience = fixed.early_stop.patience;
  settings.communication = fixed.communication;
  json out = json::parse(base::SettingsToJson(settings));
  out.erase("sharding");
  out.erase("memory_gb");
  return out;
}

// JSON has no infinities and no NaN; they become null.
json Number(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}
double ToNumber(const json& value, double missing) {
  return value.is_null() ? missing : value.get<double>();
}

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

json ToJson(const EpochReport& epoch) {
  return {{"epoch", epoch.epoch},
          {"loss", epoch.loss},
          {"examples_per_second", epoch.examples_per_second},
          {"cpu_seconds", epoch.cpu_seconds},
          {"validation_metric", Number(epoch.validation_metric)}};
}

EpochReport EpochFromJson(const json& in) {
  EpochReport epoch;
  epoch.epoch = in.at("epoch").get<std::int64_t>();
  epoch.loss = in.at("loss").get<double>();
  epoch.examples_per_second = in.at("examples_per_second").get<double>();
  epoch.cpu_seconds = in.at("cpu_seconds").get<double>();
  epoch.validation_metric = ToNumber(in.at("validation_metric"), kNone);
  return epoch;
}

std::string ToJson(const Position& position) {
  json epochs = json::array();
  for (const EpochReport& epoch : position.epochs) epochs.push_back(ToJson(epoch));
  const json out = {{"epoch", position.epoch},
                    {"batch", position.batch},
                    {"steps", position.steps},
                    {"loss_sum", position.loss_sum},
                    {"examples", position.examples},
                    {"seconds", position.seconds},
                    {"cpu_seconds", position.cpu_seconds},
                    {"run_seconds", position.run_seconds},
                    {"best_metric", Number(position.best_metric)},
                    {"best_epoch", position.best_epoch},
                    {"epochs", epochs}};
  return out.dump(2) + "\n";
}

Position PositionFromJson(const json& in) {
  Position position;
  position.epoch = in.at("epoch").get<std::int64_t>();
  position.batch = in.at("batch").get<std::int64_t>();
  position.steps = in.at("steps").get<std::int64_t>();
  position.loss_sum = in.at("loss_sum").get<double>();
  position.examples = in.at("examples").get<std::int64_t>();
  position.seconds = in.at("seconds").get<double>();
  position.cpu_seconds = in.at("cpu_seconds").get<double>();
  position.run_seconds = in.at("run_seconds").get<double>();
  position.best_metric = ToNumber(in.at("best_metric"), position.best_metric);
  position.best_epoch = in.at("best_epoch").get<std::int64_t>();
  for (const json& epoch : in.at("epochs")) position.epochs.push_back(EpochFromJson(epoch));
  return position;
}

json ToJson(const std::vector<base::FileEntry>& files) {
  json list = json::array();
  for (const base::FileEntry& file : files) {
    list.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  return list;
}

std::vector<base::FileEntry> FilesFromJson(const json& list) {
  std::vector<base::FileEntry> files;
  for (const json& file : list) {
    files.push_back({file.at("name").get<std::string>(), file.at("size").get<std::uint64_t>(),
                     file.at("sha256").get<std::string>()});
  }
  return files;
}

std::vector<std::string> NamesOf(const std::vector<base::FileEntry>& files) {
  std::vector<std::string> names = {kManifestFile};
  for (const base::FileEntry& file : files) names.push_back(file.name);
  return names;
}

void WriteManifest(const fs::path& directory, const Lineage& lineage, const Position& position,
                   std::vector<base::FileEntry> files) {
  const std::vector<base::FileEntry> here = base::ListFiles(directory, NamesOf(files));
  files.insert(files.end(), here.begin(), here.end());
  std::ranges::sort(files, {}, &base::FileEntry::name);
  const json out = {{"format", "shortlist.checkpoint"},
                    {"version", kFormatVersion},
                    {"lineage", json::parse(lineage.text())},
                    {"lineage_sha256", base::Sha256(lineage.text())},
                    {"epoch", position.epoch},
                    {"steps", position.steps},
                    {"files", ToJson(files)}};
  base::WriteFileAtomically(directory / kManifestFile, base::SealJson(out.dump(2)));
}

// The text of a checkpoint.json that this program can read.
std::string ReadManifest(const fs::path& checkpoint) {
  const fs::path path = checkpoint / kManifestFile;
  std::string text = base::ReadSealedJson(path);
  const json in = json::parse(text);
  if (in.value("format", "") != "shortlist.checkpoint") {
    throw Error(Code::kDataLoss, "'" + path.string() + "' does not describe a checkpoint");
  }
  if (in.at("version") != kFormatVersion) {
    throw Error(Code::kFailedPrecondition, "'" + path.string() + "' has format version " + in.at("version").dump() +
                                               ", this program reads version " + std::to_string(kFormatVersion) +
                                               "; train again");
  }
  return text;
}

}  // namespace

Lineage::Lineage(const Settings& settings, const data::Dataset& dataset) {
  const json out = {{"name", settings.name},
                    {"seed", settings.seed},
                    {"dataset_sha256", dataset.digest()},
                    {"model", json::parse(base::SettingsToJson(settings.model))},
                    {"train", TrainingThatMatters(settings.train)}};
  text_ = out.dump();
}

Lineage::Lineage(const std::string& checkpoint_json) : text_(json::parse(checkpoint_json).at("lineage").dump()) {}

std::string Lineage::DatasetDigest() const {
  return json::parse(text_).at("dataset_sha256").get<std::string>();
}

std::string Lineage::DifferenceFrom(const Lineage& other) const {
  const json mine = json::parse(text_).flatten();
  const json theirs = json::parse(other.text_).flatten();
  const auto value = [](const json& of, const std::string& key) {
    return of.contains(key) ? of.at(key).dump() : std::string("absent");
  };
  json keys = mine;
  keys.update(theirs);
  for (const auto& [key, ignored] : keys.items()) {
    if (value(mine, key) != value(theirs, key)) return key + " is " + value(mine, key) + ", was " + value(theirs, key);
  }
  return {};
}

void CompleteCheckpoint(base::AtomicDirectory& directory, const Lineage& lineage, const Position& position,
                        std::vector<base::FileEntry> elsewhere) {
  base::WriteFileAtomically(directory.path() / kPositionFile, ToJson(position));
  WriteManifest(directory.path(), lineage, position, std::move(elsewhere));
  directory.Commit();
}

void WritePartNote(const fs::path& note, const fs::path& directory, const std::vector<fs::path>& files) {
  std::vector<base::FileEntry> entries;
  for (const fs::path& file : files) {
    entries.push_back(
        {file.lexically_relative(directory).generic_string(), fs::file_size(file), base::Sha256OfFile(file)});
  }
  base::WriteFileAtomically(note, ToJson(entries).dump());
}

void TakePartNote(const fs::path& note, std::vector<base::FileEntry>& files) {
  const std::vector<base::FileEntry> noted = FilesFromJson(json::parse(base::ReadFile(note)));
  files.insert(files.end(), noted.begin(), noted.end());
  fs::remove(note);
}

void CopyCheckpoint(const fs::path& source, const fs::path& target) {
  base::AtomicDirectory directory(target);
  fs::copy(source, directory.path(), fs::copy_options::recursive);
  directory.Commit();
}

Lineage VerifyCheckpoint(const fs::path& checkpoint) {
  const std::string text = ReadManifest(checkpoint);
  base::VerifyFiles(checkpoint, FilesFromJson(json::parse(text).at("files")));
  return Lineage(text);
}

Lineage ReadLineage(const fs::path& checkpoint) {
  return Lineage(ReadManifest(checkpoint));
}

Position ReadPosition(const fs::path& checkpoint) {
  const fs::path path = checkpoint / kPositionFile;
  try {
    return PositionFromJson(json::parse(base::ReadFile(path)));
  } catch (const json::exception& problem) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not a training position: " + problem.what());
  }
}

fs::path ModelOf(const fs::path& checkpoint) {
  return checkpoint / "model";
}

fs::path OptimizerStateOf(const fs::path& checkpoint) {
  return checkpoint / "optimizer.safetensors";
}

fs::path HardNegativesOf(const fs::path& checkpoint) {
  return checkpoint / "hard_negatives.safetensors";
}

}  // namespace shortlist::train
