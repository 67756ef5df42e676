#include "serve/version_policy.h"

#include <vector>

#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

const std::vector<std::string> kSound = {"v1", "v2", "v3"};

VersionSettings Settings(VersionPolicy policy, const std::string& stable = {}, const std::string& canary = {},
                         double percent = 5) {
  VersionSettings settings;
  settings.policy = policy;
  settings.stable = stable;
  settings.canary = canary;
  settings.canary_percent = percent;
  return settings;
}

TEST(VersionPolicy, LatestIsTheNewestSoundVersionForEverybody) {
  const Assignment wanted = Wanted(Settings(VersionPolicy::kLatest, "v1", "v2"), kSound);
  EXPECT_EQ(wanted.stable, "v3");
  EXPECT_EQ(wanted.canary, "");
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kLatest), {}).stable, "");
}

TEST(VersionPolicy, PinnedStaysWhateverIsThere) {
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kPinned, "v1", "v2"), kSound).stable, "v1");
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kPinned, "v1", "v2"), kSound).canary, "");
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kPinned, "gone"), kSound).stable, "gone");
}

TEST(VersionPolicy, LabelsNameBothSides) {
  const Assignment wanted = Wanted(Settings(VersionPolicy::kLabels, "v1", "v2"), kSound);
  EXPECT_EQ(wanted.stable, "v1");
  EXPECT_EQ(wanted.canary, "v2");
}

TEST(VersionPolicy, ACanaryWithoutANameIsTheNewest) {
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kLabels, "v1"), kSound).canary, "v3");
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kLabels, "v3"), kSound).canary, "");
}

TEST(VersionPolicy, ACanaryOfNobodyIsNone) {
  EXPECT_EQ(Wanted(Settings(VersionPolicy::kLabels, "v1", "v2", 0), kSound).canary, "");
}

}  // namespace
}  // namespace shortlist::serve
