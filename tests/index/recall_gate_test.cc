#include "index/recall_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

BundleManifest WithRecall(double value, std::int64_t k = 10) {
  BundleManifest manifest;
  manifest.version = "v1";
  manifest.items.recall = {k, 100, value, value - 0.01, value + 0.01};
  return manifest;
}

TEST(ShortOfTargetTest, ComparesTheRecallOfItemsWithTheTarget) {
  EXPECT_FALSE(ShortOfTarget(WithRecall(0.95)));
  EXPECT_THAT(ShortOfTarget(WithRecall(0.94)), Optional(HasSubstr("recall@10 0.9400 [0.9300, 0.9500]")));
  BundleManifest modest = WithRecall(0.94);
  modest.settings.index.target_recall = 0.9;
  EXPECT_FALSE(ShortOfTarget(modest));
}

TEST(WorseThanTest, AllowsForTheMargin) {
  EXPECT_FALSE(WorseThan(WithRecall(0.97), WithRecall(0.965)));
  EXPECT_FALSE(WorseThan(WithRecall(0.97), WithRecall(0.99)));
  EXPECT_THAT(WorseThan(WithRecall(0.97), WithRecall(0.955)), Optional(HasSubstr("0.9700 of version v1")));
}

TEST(WorseThanTest, DoesNotCompareRecallsAtDifferentK) {
  EXPECT_FALSE(WorseThan(WithRecall(0.99, 10), WithRecall(0.95, 100)));
}

TEST(PassTest, AnEnforcedGateThrowsAndAForcedOneRecords) {
  BundleManifest manifest;
  EXPECT_NO_THROW(Pass(RecallGate::kEnforce, "index", {std::nullopt}, manifest));
  EXPECT_THROW(Pass(RecallGate::kEnforce, "index", {std::nullopt, "it is bad"}, manifest), Error);
  EXPECT_TRUE(manifest.forced.empty());
  Pass(RecallGate::kForce, "publish", {"it is bad", std::nullopt, "it is worse"}, manifest);
  ASSERT_EQ(manifest.forced.size(), 2U);
  EXPECT_EQ(manifest.forced[1].reason, "it is worse");
  EXPECT_EQ(manifest.forced[1].stage, "publish");
  EXPECT_THAT(manifest.forced[1].time, ::testing::MatchesRegex("20[0-9-]+T[0-9:]+Z"));
}

}  // namespace
}  // namespace shortlist::index
