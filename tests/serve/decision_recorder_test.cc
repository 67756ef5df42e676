// Answers of a real server, and what of them is written down.
#include "serve/decision_recorder.h"

#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "profile/made_decisions.h"
#include "profile/made_events.h"
#include "serve/retrieval.h"
#include "serve/running_server.h"
#include "shortlist/v1/events.grpc.pb.h"
#include "shortlist/v1/retrieval.grpc.pb.h"
#include "telemetry/reading.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DecisionSampleTest, IsAShareOfAllRequests) {
  int sampled = 0;
  for (int i = 0; i < 10000; ++i) sampled += IsSampled("request-" + std::to_string(i), .2) ? 1 : 0;
  EXPECT_NEAR(sampled, 2000, 150);
  EXPECT_FALSE(IsSampled("request", 0));
  EXPECT_TRUE(IsSampled("request", 1));
  EXPECT_EQ(IsSampled("request", .5), IsSampled("request", .5));
}

std::string UpperCase(std::string word) {
  for (char& letter : word) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return word;
}

class DecisionRecorderTest : public ::testing::Test {
 protected:
  void Start(double fraction, ConsentRule consent) {
    settings_ = LoopbackSettings();
    settings_.events.directory = folder_.path() / "events";
    settings_.events.consent = consent;
    settings_.decisions.fraction = fraction;
    settings_.decisions.rotate_seconds = 1;
    const ScratchFolder bundle;
    server_ = Server::Start(settings_, WriteMadeBundle(MadeRetailer(), bundle.path()), profile::MadeEventFiles(),
                            profile::MadeDecisionFiles());
    const auto channel = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    events_ = v1::Events::NewStub(channel);
    retrieval_ = v1::Retrieval::NewStub(channel);
  }

  static v1::RecommendRequest RequestOf(const std::optional<std::string>& user) {
    v1::RecommendRequest request;
    if (user) request.set_user_id(*user);
    request.set_k(3);
    (*request.mutable_context())["device"].set_text("phone");
    return request;
  }
  v1::RecommendResponse Recommend(const std::string& request_id, const std::optional<std::string>& user) {
    grpc::ClientContext context;
    context.AddMetadata("x-request-id", request_id);
    v1::RecommendResponse response;
    EXPECT_TRUE(retrieval_->Recommend(&context, RequestOf(user), &response).ok());
    return response;
  }
  void Agree(const std::string& user, const std::vector<v1::Purpose>& purposes) const {
    v1::SetConsentRequest request;
    request.set_user_id(user);
    for (const v1::Purpose purpose : purposes) request.add_purposes(purpose);
    grpc::ClientContext context;
    v1::SetConsentResponse response;
    EXPECT_TRUE(events_->SetConsent(&context, request, &response).ok());
  }

  // All that were written when the server has left.
  std::vector<profile::Decision> Written() {
    server_.reset();
    const std::filesystem::path events = folder_.path() / "events";
    profile::DecisionLog log(events, {}, profile::MadeDecisionFiles());
    log.Rotate(1, [](const auto&) { return true; });
    log.Rotate(100000, [](const auto&) { return true; });
    return profile::DecisionsInLake(events);
  }
  static std::vector<std::string> RequestsOf(const std::vector<profile::Decision>& decisions) {
    std::vector<std::string> requests;
    for (const profile::Decision& decision : decisions) requests.push_back(decision.request);
    return requests;
  }

  ScratchFolder folder_;
  ServeSettings settings_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Events::Stub> events_;
  std::unique_ptr<v1::Retrieval::Stub> retrieval_;
};

TEST_F(DecisionRecorderTest, WritesWhatWasShown) {
  Start(1, ConsentRule::kIgnored);
  const v1::RecommendResponse answer = Recommend("r-1", UserName(3));
  const std::vector<profile::Decision> written = Written();
  ASSERT_EQ(written.size(), 1);
  const profile::Decision& decision = written.front();
  EXPECT_EQ(decision.request, "r-1");
  EXPECT_THAT(decision.user, HasSubstr("shopper:"));
  EXPECT_EQ(decision.bundle, answer.bundle_version());
  EXPECT_EQ(decision.policy, "stable");
  EXPECT_EQ(decision.reason, "history");
  EXPECT_EQ(decision.wanted, 3);
  EXPECT_EQ(decision.history_events, 3);
  EXPECT_EQ(decision.context, R"({"device":"phone"})");
  ASSERT_EQ(decision.items.size(), 3);
  for (int place = 0; place < 3; ++place) {
    const profile::ShownItem& shown = decision.items[static_cast<std::size_t>(place)];
    EXPECT_EQ(shown.item, answer.items(place).item_id());
    EXPECT_EQ(shown.score, answer.items(place).score());
    EXPECT_EQ(shown.probability, std::nullopt);
    EXPECT_EQ("ITEM_REASON_" + UpperCase(shown.reason), v1::ItemReason_Name(answer.items(place).reason()));
  }
}

TEST_F(DecisionRecorderTest, NamesTheEntriesOfABatch) {
  Start(1, ConsentRule::kIgnored);
  v1::RecommendBatchRequest request;
  *request.add_requests() = RequestOf(UserName(1));
  request.add_requests();  // wrong: no k
  *request.add_requests() = RequestOf(std::nullopt);
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "b");
  v1::RecommendBatchResponse response;
  ASSERT_TRUE(retrieval_->RecommendBatch(&context, request, &response).ok());
  const std::vector<profile::Decision> written = Written();
  EXPECT_THAT(RequestsOf(written), ElementsAre("b/0", "b/2"));
  EXPECT_EQ(written.back().user, "");
  EXPECT_EQ(written.back().reason, "popularity_fallback");
}

TEST_F(DecisionRecorderTest, WritesOnlyOfThoseWhoAgreeToTraining) {
  Start(1, ConsentRule::kRequired);
  Recommend("r-1", UserName(3));
  Recommend("r-2", std::nullopt);
  Agree(UserName(3), {v1::PURPOSE_PERSONALIZATION, v1::PURPOSE_ANALYTICS, v1::PURPOSE_GROUP_PROFILING});
  Recommend("r-3", UserName(3));
  Agree(UserName(3), {v1::PURPOSE_TRAINING});
  Recommend("r-4", UserName(3));
  const std::vector<profile::Decision> written = Written();
  EXPECT_THAT(RequestsOf(written), ElementsAre("r-4"));
  EXPECT_EQ(written.front().reason, "no_consent");  // not to be personal, which is another purpose
}

TEST_F(DecisionRecorderTest, WritesNothingOfCallsWithGlobalPrivacyControl) {
  Start(1, ConsentRule::kIgnored);
  for (const char* value : {"1", "0"}) {
    grpc::ClientContext alone;
    alone.AddMetadata("sec-gpc", value);
    alone.AddMetadata("x-request-id", std::string("alone-") + value);
    v1::RecommendResponse answer;
    ASSERT_TRUE(retrieval_->Recommend(&alone, RequestOf(UserName(3)), &answer).ok());
    grpc::ClientContext together;
    together.AddMetadata("sec-gpc", value);
    together.AddMetadata("x-request-id", std::string("batch-") + value);
    v1::RecommendBatchRequest batch;
    *batch.add_requests() = RequestOf(UserName(3));
    v1::RecommendBatchResponse answers;
    ASSERT_TRUE(retrieval_->RecommendBatch(&together, batch, &answers).ok());
  }
  EXPECT_THAT(RequestsOf(Written()), ElementsAre("alone-0", "batch-0/0"));
}

TEST_F(DecisionRecorderTest, WritesTheShareThatWasAskedFor) {
  Start(.5, ConsentRule::kIgnored);
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    const std::string request = "r-" + std::to_string(i);
    Recommend(request, UserName(1));
    if (IsSampled(request, .5)) expected.push_back(request);
  }
  EXPECT_EQ(RequestsOf(Written()), expected);
}

TEST_F(DecisionRecorderTest, WritesNothingUnlessAsked) {
  Start(0, ConsentRule::kIgnored);
  Recommend("r-1", UserName(3));
  EXPECT_THAT(Written(), IsEmpty());
}

TEST_F(DecisionRecorderTest, WhatThereIsNoRoomForIsDropped) {
  LiveEventSettings events;
  events.directory = folder_.path() / "events";
  DecisionSettings settings;
  settings.fraction = 1;
  settings.max_waiting = 2;
  telemetry::ServingMetrics metrics;
  profile::DecisionLog log(events.directory, settings, profile::MadeDecisionFiles());
  const profile::LiveProfiles profiles(events, profile::MadeEventFiles(), &log);
  const ScratchFolder bundle;
  RetrievalService service({}, {ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), bundle.path()))},
                           std::make_shared<NoObserver>(), SeenRule::kMask, &profiles);
  RecommendRequest request;
  request.user_id = "ann";
  request.k = 1;
  const Recommendation answer = service.Recommend(request);
  DecisionRecorder recorder(settings, profiles, log, metrics);
  for (int i = 0; i < 1000; ++i) recorder.Offer("r-" + std::to_string(i), request, answer, kFirstTime);
  recorder.Flush(kFirstTime);
  EXPECT_THAT(RequestsOf(log.Read({profiles.NameOf("ann")})), ElementsAre("r-0", "r-1"));
  const auto count = [&](const std::string& outcome) {
    return telemetry::ValueOf(*metrics.collectable(), "shortlist_decisions_total", {{"outcome", outcome}});
  };
  EXPECT_EQ(count("written"), 2);
  EXPECT_EQ(count("dropped"), 998);
}

}  // namespace
}  // namespace shortlist::serve
