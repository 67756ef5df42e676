// How far a retraining has come, so that one that was killed goes on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace shortlist::tools {

enum class RetrainStage { kPrepare, kTrain, kEvaluate, kIndex, kPublish, kDone };

// As in messages and files: "prepare".
std::string NameOf(RetrainStage stage);

struct RetrainState {
  std::string sources;   // data::FingerprintSources when it began
  std::string settings;  // digest of those that decide what is made
  std::string serving;   // the version that served then; empty if none did
  RetrainStage next = RetrainStage::kPrepare;
  nlohmann::ordered_json report = nlohmann::ordered_json::object();  // of the stages that are behind it
};

// Nothing if there is no file. Throws Error{kDataLoss} for one that is not as it was written.
std::optional<RetrainState> ReadRetrainState(const std::filesystem::path& path);
// Atomically.
void WriteRetrainState(const RetrainState& state, const std::filesystem::path& path);

}  // namespace shortlist::tools
