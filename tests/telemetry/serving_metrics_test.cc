#include "telemetry/serving_metrics.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "telemetry/reading.h"

namespace shortlist::telemetry {
namespace {

class ServingMetricsTest : public ::testing::Test {
 protected:
  double Value(const std::string& name, const LabelMap& labels = {}) const {
    return ValueOf(*metrics_.collectable(), "shortlist_" + name, labels);
  }

  ServingMetrics metrics_;
};

TEST_F(ServingMetricsTest, CountsCallsByMethodAndCode) {
  for (int i = 0; i < 3; ++i) metrics_.Arrived();
  EXPECT_EQ(Value("requests_in_flight"), 3);
  metrics_.Finished(Method::kRecommend, 0, .001);
  metrics_.Finished(Method::kRecommend, 5, .001);
  metrics_.Finished(Method::kSimilarUsers, 0, .001);
  EXPECT_EQ(Value("requests_in_flight"), 0);
  EXPECT_EQ(Value("requests_total", {{"method", "Recommend"}, {"code", "OK"}}), 1);
  EXPECT_EQ(Value("requests_total", {{"method", "Recommend"}, {"code", "NOT_FOUND"}}), 1);
  EXPECT_EQ(Value("requests_total", {{"method", "SimilarUsers"}, {"code", "OK"}}), 1);
  EXPECT_EQ(Value("requests_total", {{"method", "SimilarItems"}, {"code", "UNAUTHENTICATED"}}), 0);
  EXPECT_EQ(Value("request_duration_seconds", {{"method", "Recommend"}}), 2);
}

TEST_F(ServingMetricsTest, ACodeThatIsNoneCountsAsUnknown) {
  metrics_.Finished(Method::kRecommend, 99, 0);
  metrics_.Finished(Method::kRecommend, -1, 0);
  EXPECT_EQ(Value("requests_total", {{"method", "Recommend"}, {"code", "UNKNOWN"}}), 2);
}

TEST_F(ServingMetricsTest, CountsRefusalsByReason) {
  metrics_.Rejected("queue_full");
  metrics_.Rejected("moon_phase");
  EXPECT_EQ(Value("rejected_requests_total", {{"reason", "queue_full"}}), 1);
  EXPECT_EQ(Value("rejected_requests_total", {{"reason", "quota"}}), 0);
  EXPECT_EQ(Value("rejected_requests_total", {{"reason", "moon_phase"}}), 1);
}

TEST_F(ServingMetricsTest, CountsDecisionsByOutcome) {
  metrics_.Decided("written", 3);
  metrics_.Decided("dropped", 1);
  metrics_.Decided("forgotten", 1);
  EXPECT_EQ(Value("decisions_total", {{"outcome", "written"}}), 3);
  EXPECT_EQ(Value("decisions_total", {{"outcome", "dropped"}}), 1);
  EXPECT_EQ(Value("decisions_total", {{"outcome", "failed"}}), 0);
}

TEST_F(ServingMetricsTest, FindsMethodsByTheirFullNames) {
  EXPECT_EQ(FindMethod("shortlist.v1.Retrieval/RecommendBatch"), Method::kRecommendBatch);
  EXPECT_EQ(FindMethod("shortlist.v1.Retrieval/SimilarUsers"), Method::kSimilarUsers);
  for (const char* name : {"shortlist.v1.Retrieval/Unheard", "shortlist.v1.Admin/GetStatus", "Recommend", ""}) {
    EXPECT_EQ(FindMethod(name), Method::kOther) << name;
  }
}

TEST_F(ServingMetricsTest, TimesStages) {
  metrics_.Waited(.1);
  metrics_.Encoded(.1);
  metrics_.Searched(.1);
  for (const char* name : {"queue_wait_seconds", "tower_duration_seconds", "search_duration_seconds"}) {
    EXPECT_EQ(Value(name), 1) << name;
  }
}

TEST_F(ServingMetricsTest, LosesNothingBetweenThreads) {
  {
    std::vector<std::jthread> threads(4);
    for (std::jthread& thread : threads) {
      thread = std::jthread([&] {
        for (int i = 0; i < 10'000; ++i) {
          metrics_.Arrived();
          metrics_.Finished(Method::kRecommend, 0, 1e-4);
        }
      });
    }
  }
  EXPECT_EQ(Value("requests_in_flight"), 0);
  EXPECT_EQ(Value("request_duration_seconds", {{"method", "Recommend"}}), 40'000);
  EXPECT_EQ(Value("requests_total", {{"method", "Recommend"}, {"code", "OK"}}), 40'000);
}

}  // namespace
}  // namespace shortlist::telemetry
