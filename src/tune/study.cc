#include "tune/study.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sealed_json.h"
#include "shortlist/error.h"

namespace shortlist::tune {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 1;

json ToJson(const Trial& trial) {
  json choices = json::array();
  for (const Choice& choice : trial.choices) choices.push_back({{"setting", choice.setting}, {"value", choice.value}});
  return {{"choices", choices},
          {"round", trial.round},
          {"epochs", trial.epochs},
          {"metric", std::isfinite(trial.metric) ? json(trial.metric) : json(nullptr)},
          {"best_epoch", trial.best_epoch},
          {"seconds", trial.seconds},
          {"ended", trial.ended},
          {"failure", trial.failure}};
}

Trial TrialFromJson(const json& in) {
  Trial trial;
  for (const json& choice : in.at("choices")) {
    trial.choices.push_back({choice.at("setting").get<std::string>(), choice.at("value").get<std::string>()});
  }
  trial.round = in.at("round").get<std::int64_t>();
  trial.epochs = in.at("epochs").get<std::int64_t>();
  if (!in.at("metric").is_null()) trial.metric = in.at("metric").get<double>();
  trial.best_epoch = in.at("best_epoch").get<std::int64_t>();
  trial.seconds = in.at("seconds").get<double>();
  trial.ended = in.at("ended").get<bool>();
  trial.failure = in.at("failure").get<std::string>();
  return trial;
}

}  // namespace

double Study::Seconds() const {
  double seconds = 0;
  for (const Trial& trial : trials) seconds += trial.seconds;
  return seconds;
}

const Trial& Study::Best() const {
  const auto best = std::max_element(trials.begin(), trials.end(),
                                     [](const Trial& left, const Trial& right) { return left.metric < right.metric; });
  if (best != trials.end() && std::isfinite(best->metric)) return *best;
  throw Error(Code::kFailedPrecondition,
              "no configuration could be trained" + (trials.empty() ? "" : ": " + trials.front().failure));
}

void SaveStudy(const Study& study, const std::filesystem::path& file) {
  json trials = json::array();
  for (const Trial& trial : study.trials) trials.push_back(ToJson(trial));
  const json out = {{"format_version", kFormatVersion},
                    {"fingerprint", study.fingerprint},
                    {"draws", study.draws},
                    {"trials", trials}};
  base::WriteFileAtomically(file, base::SealJson(out.dump(2)));
}

Study LoadStudy(const std::filesystem::path& file) {
  const json in = json::parse(base::ReadSealedJson(file));
  if (in.at("format_version").get<int>() != kFormatVersion) {
    throw Error(Code::kFailedPrecondition, "'" + file.string() + "' was written by another release; start afresh");
  }
  Study study;
  study.fingerprint = in.at("fingerprint").get<std::string>();
  study.draws = in.at("draws").get<std::int64_t>();
  for (const json& trial : in.at("trials")) study.trials.push_back(TrialFromJson(trial));
  return study;
}

}  // namespace shortlist::tune
