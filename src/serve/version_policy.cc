#include "serve/version_policy.h"

namespace shortlist::serve {

Assignment Wanted(const VersionSettings& settings, std::span<const std::string> sound) {
  const std::string newest = sound.empty() ? std::string() : sound.back();
  if (settings.policy == VersionPolicy::kLatest) return {newest, {}};
  if (settings.policy == VersionPolicy::kPinned) return {settings.stable, {}};
  const std::string& canary = settings.canary.empty() ? newest : settings.canary;
  if (canary == settings.stable || settings.canary_percent <= 0) return {settings.stable, {}};
  return {settings.stable, canary};
}

}  // namespace shortlist::serve
