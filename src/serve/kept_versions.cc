#include "serve/kept_versions.h"

#include <cerrno>
#include <system_error>
#include <tuple>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sealed_json.h"
#include "base/settings_json.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "shortlist kept versions";
constexpr int kFormatVersion = 1;

auto ChoiceOf(const VersionSettings& settings) {
  return std::tie(settings.policy, settings.stable, settings.canary, settings.canary_percent);
}

VersionSettings SettingsFrom(const Json& json) {
  return base::SettingsFromJson<VersionSettings>(json.dump());
}

}  // namespace

bool SameChoice(const VersionSettings& a, const VersionSettings& b) {
  return ChoiceOf(a) == ChoiceOf(b);
}

VersionSettings WithChoice(VersionSettings settings, const VersionSettings& choice) {
  settings.policy = choice.policy;
  settings.stable = choice.stable;
  settings.canary = choice.canary;
  settings.canary_percent = choice.canary_percent;
  return settings;
}

void RequireWritableState(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return;
  const std::string reason = std::error_code(errno, std::generic_category()).message();
  throw Error(Code::kInvalidArgument, "serve.versions.state '" + file.string() + "' cannot be written (" + reason +
                                          "); name a file in a folder that this server may write to, or none");
}

std::optional<KeptVersions> ReadKeptVersions(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  try {
    const Json json = Json::parse(base::ReadSealedJson(file));
    if (json.at("format") == kFormat && json.at("format_version") == kFormatVersion) {
      return KeptVersions{SettingsFrom(json.at("configured")), SettingsFrom(json.at("wanted")), json.at("previous")};
    }
  } catch (const Json::exception&) {
    // As below.
  }
  throw Error(Code::kDataLoss, "'" + file.string() +
                                   "' (serve.versions.state) was not written by this program; remove it, and the "
                                   "settings say what is served");
}

void KeepVersions(const fs::path& file, const KeptVersions& kept) {
  const Json json = {{"format", kFormat},
                     {"format_version", kFormatVersion},
                     {"configured", Json::parse(base::SettingsToJson(kept.configured))},
                     {"wanted", Json::parse(base::SettingsToJson(kept.wanted))},
                     {"previous", kept.previous}};
  base::WriteFileAtomically(file, base::SealJson(json.dump(2)));
}

void ForgetVersions(const fs::path& file) {
  std::error_code failure;
  fs::remove(file, failure);
  if (failure) throw Error(Code::kUnavailable, "cannot remove '" + file.string() + "': " + failure.message());
}

}  // namespace shortlist::serve
