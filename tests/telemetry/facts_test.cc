#include "telemetry/facts.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "telemetry/reading.h"

namespace shortlist::telemetry {
namespace {

TEST(Facts, AreLookedUpAtEachReading) {
  Facts facts{{{"stable", "20240102T030405Z-abcd", "hnsw", 7, 3}}, {1'800'000'000, 2, 1, 5, 4}, {6, 2, 3}};
  const auto source = CollectFacts([&] { return facts; });
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_info",
                    {{"role", "stable"}, {"version", "20240102T030405Z-abcd"}, {"kind", "hnsw"}}),
            1);
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_items", {{"role", "stable"}}), 7);
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_users", {{"role", "stable"}}), 3);
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_created_timestamp_seconds", {{"role", "stable"}}), 1704164645);
  EXPECT_EQ(ValueOf(*source, "shortlist_certificate_expiry_timestamp_seconds"), 1'800'000'000);
  EXPECT_EQ(ValueOf(*source, "shortlist_security_reloads_total", {{"result", "taken"}}), 2);
  EXPECT_EQ(ValueOf(*source, "shortlist_security_reloads_total", {{"result", "refused"}}), 1);
  EXPECT_EQ(ValueOf(*source, "shortlist_unauthorized_requests_total", {{"code", "UNAUTHENTICATED"}}), 5);
  EXPECT_EQ(ValueOf(*source, "shortlist_unauthorized_requests_total", {{"code", "PERMISSION_DENIED"}}), 4);
  EXPECT_EQ(ValueOf(*source, "shortlist_model_versions_total", {{"result", "loaded"}}), 6);
  EXPECT_EQ(ValueOf(*source, "shortlist_model_versions_total", {{"result", "refused"}}), 2);
  EXPECT_EQ(ValueOf(*source, "shortlist_model_versions_total", {{"result", "freed"}}), 3);
  facts.bundles[0].items = 8;
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_items", {{"role", "stable"}}), 8);
}

TEST(Facts, CountItemsThatDifferFromTheBundle) {
  const auto source = CollectFacts([] { return Facts{{}, {}, {}, {3, 2, 1}}; });
  EXPECT_EQ(ValueOf(*source, "shortlist_catalog_items", {{"change", "added"}}), 3);
  EXPECT_EQ(ValueOf(*source, "shortlist_catalog_items", {{"change", "changed"}}), 2);
  EXPECT_EQ(ValueOf(*source, "shortlist_catalog_items", {{"change", "withdrawn"}}), 1);
}

TEST(Facts, CountEventsThatWereRemovedForTheirAge) {
  const auto source = CollectFacts([] { return Facts{{}, {}, {}, {}, {3, 2, 1700000000}}; });
  EXPECT_EQ(ValueOf(*source, "shortlist_events_removed_total", {{"place", "lake"}}), 3);
  EXPECT_EQ(ValueOf(*source, "shortlist_events_removed_total", {{"place", "profiles"}}), 2);
  EXPECT_EQ(ValueOf(*source, "shortlist_retention_checked_timestamp_seconds"), 1700000000);
}

TEST(Facts, TellTheCanaryFromTheStableBundle) {
  const auto source = CollectFacts([] {
    return Facts{{{"stable", "v1", "flat", 7, 3}, {"canary", "v2", "hnsw", 8, 4}}, {}, {}};
  });
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_info", {{"role", "stable"}, {"version", "v1"}, {"kind", "flat"}}), 1);
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_info", {{"role", "canary"}, {"version", "v2"}, {"kind", "hnsw"}}), 1);
  EXPECT_EQ(ValueOf(*source, "shortlist_bundle_items", {{"role", "canary"}}), 8);
}

TEST(Facts, LeaveOutWhatIsNotKnown) {
  const auto source = CollectFacts([] { return Facts{{{"stable", "hand-made", "flat", 1, 1}}, {}, {}}; });
  EXPECT_THROW(ValueOf(*source, "shortlist_bundle_created_timestamp_seconds"), std::runtime_error);
  EXPECT_THROW(ValueOf(*source, "shortlist_certificate_expiry_timestamp_seconds"), std::runtime_error);
  EXPECT_THROW(ValueOf(*source, "shortlist_retention_checked_timestamp_seconds"), std::runtime_error);
}

}  // namespace
}  // namespace shortlist::telemetry
