#include "retrain_state.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "base/file.h"
#include "base/sealed_json.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

constexpr const char* kFormat = "shortlist retraining";
constexpr int kFormatVersion = 1;
constexpr std::array<std::string_view, 6> kNames = {"prepare", "train", "evaluate", "index", "publish", "done"};

RetrainState FromJson(const nlohmann::ordered_json& json, const std::filesystem::path& path) {
  const auto* const stage = std::ranges::find(kNames, json.at("next").get<std::string>());
  if (json.at("format") != kFormat || json.at("format_version") != kFormatVersion || stage == kNames.end()) {
    throw Error(Code::kFailedPrecondition, "'" + path.string() + "' is of another program version; remove it");
  }
  return {json.at("sources"), json.at("settings"), json.at("serving"),
          static_cast<RetrainStage>(stage - kNames.begin()), json.at("report")};
}

}  // namespace

std::string NameOf(RetrainStage stage) {
  return std::string(kNames[static_cast<std::size_t>(stage)]);
}

std::optional<RetrainState> ReadRetrainState(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const std::string text = base::ReadSealedJson(path);
  try {
    return FromJson(nlohmann::ordered_json::parse(text), path);
  } catch (const nlohmann::json::exception& problem) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' is not the state of a retraining: " + problem.what());
  }
}

void WriteRetrainState(const RetrainState& state, const std::filesystem::path& path) {
  const nlohmann::ordered_json json = {{"format", kFormat},        {"format_version", kFormatVersion},
                                       {"sources", state.sources}, {"settings", state.settings},
                                       {"serving", state.serving}, {"next", NameOf(state.next)},
                                       {"report", state.report}};
  base::WriteFileAtomically(path, base::SealJson(json.dump(2)));
}

}  // namespace shortlist::tools
