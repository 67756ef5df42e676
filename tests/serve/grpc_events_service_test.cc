// Events told to a server, and what its next answers make of them.
#include "serve/grpc_events_service.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "profile/erasure_receipt.h"
#include "profile/made_events.h"
#include "serve/running_server.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::serve {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::Not;

// Agrees to all purposes of the framework.
constexpr const char* kAllOfTcf = "CN-EdYAN-EdYAAfABBDEDIEgAP_gAAAAAAYgABuABMAIAAUABQAJABCQAQADgAAA";

v1::Event EventOf(const std::string& id, const std::string& user, const std::string& item,
                  v1::EventKind kind = v1::EVENT_KIND_VIEW) {
  v1::Event event;
  event.set_event_id(id);
  event.set_user_id(user);
  event.set_item_id(item);
  event.set_kind(kind);
  return event;
}

class GrpcEventsServiceTest : public ::testing::Test {
 protected:
  void Start(ConsentRule consent = ConsentRule::kIgnored) {
    settings_.events.directory = (folder_.path() / "events").string();
    settings_.events.consent = consent;
    settings_.events.max_batch = 3;
    StartAsSet();
  }
  void StartAsSet() {
    server_.reset();
    const ScratchFolder bundle;
    server_ = Server::Start(settings_, WriteMadeBundle(MadeRetailer(), bundle.path()), profile::MadeEventFiles());
    const auto channel = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    events_ = v1::Events::NewStub(channel);
    retrieval_ = v1::Retrieval::NewStub(channel);
  }

  std::vector<v1::EventStatus> Record(const std::vector<v1::Event>& events) {
    v1::RecordRequest request;
    for (const v1::Event& event : events) *request.add_events() = event;
    grpc::ClientContext context;
    response_.Clear();
    status_ = events_->Record(&context, request, &response_);
    std::vector<v1::EventStatus> statuses;
    for (const v1::EventOutcome& outcome : response_.outcomes()) statuses.push_back(outcome.status());
    return statuses;
  }

  grpc::Status Agree(const std::string& user, const std::vector<v1::Purpose>& purposes) const {
    v1::SetConsentRequest request;
    request.set_user_id(user);
    for (const v1::Purpose purpose : purposes) request.add_purposes(purpose);
    grpc::ClientContext context;
    v1::SetConsentResponse response;
    return events_->SetConsent(&context, request, &response);
  }

  grpc::Status Identify(const std::string& visitor, const std::string& user) const {
    v1::IdentifyRequest request;
    request.set_visitor_id(visitor);
    request.set_user_id(user);
    grpc::ClientContext context;
    v1::IdentifyResponse response;
    return events_->Identify(&context, request, &response);
  }

  std::string Erase(const std::string& user) {
    v1::EraseRequest request;
    request.set_user_id(user);
    grpc::ClientContext context;
    v1::EraseResponse response;
    status_ = events_->Erase(&context, request, &response);
    return response.receipt();
  }

  std::string Export(const std::string& user) {
    v1::ExportRequest request;
    request.set_user_id(user);
    grpc::ClientContext context;
    v1::ExportResponse response;
    status_ = events_->Export(&context, request, &response);
    return response.data();
  }

  std::vector<std::string> SimilarTo(const std::string& user) {
    v1::SimilarUsersRequest request;
    request.set_user_id(user);
    request.set_k(100);
    grpc::ClientContext context;
    v1::SimilarUsersResponse response;
    status_ = retrieval_->SimilarUsers(&context, request, &response);
    std::vector<std::string> users;
    for (const v1::ScoredUser& similar : response.users()) users.push_back(similar.user_id());
    return users;
  }

  v1::RecommendResponse Recommend(const std::string& user) const {
    v1::RecommendRequest request;
    request.set_user_id(user);
    request.set_k(100);
    request.set_return_history(100);
    grpc::ClientContext context;
    v1::RecommendResponse response;
    EXPECT_TRUE(retrieval_->Recommend(&context, request, &response).ok());
    return response;
  }

  static std::vector<std::string> HistoryOf(const v1::RecommendResponse& response) {
    std::vector<std::string> items;
    for (const v1::PastEvent& event : response.history()) items.push_back(event.item_id());
    return items;
  }
  static std::vector<std::string> ItemsOf(const v1::RecommendResponse& response) {
    std::vector<std::string> items;
    for (const v1::ScoredItem& item : response.items()) items.push_back(item.item_id());
    return items;
  }

  ScratchFolder folder_;
  ServeSettings settings_ = LoopbackSettings();
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Events::Stub> events_;
  std::unique_ptr<v1::Retrieval::Stub> retrieval_;
  v1::RecordResponse response_;
  grpc::Status status_;
};

TEST_F(GrpcEventsServiceTest, TheNextAnswerKnowsOfAnEvent) {
  Start();
  EXPECT_EQ(Recommend("newcomer").reason(), v1::REASON_POPULARITY_FALLBACK);
  EXPECT_THAT(Record({EventOf("1", "newcomer", "item-5"), EventOf("2", "newcomer", "item-9")}),
              ElementsAre(v1::EVENT_STATUS_RECORDED, v1::EVENT_STATUS_RECORDED));
  const v1::RecommendResponse answer = Recommend("newcomer");
  EXPECT_EQ(answer.reason(), v1::REASON_HISTORY);
  EXPECT_THAT(HistoryOf(answer), ElementsAre("item-5", "item-9"));
  EXPECT_THAT(ItemsOf(answer), Not(Contains("item-5")));
}

TEST_F(GrpcEventsServiceTest, LiveEventsFollowTheStoredHistoryAndOutliveAStart) {
  Start();
  const std::vector<std::string> before = HistoryOf(Recommend("user-2"));
  Record({EventOf("1", "user-2", "item-20", v1::EVENT_KIND_PURCHASE)});
  std::vector<std::string> after = before;
  after.emplace_back("item-20");
  EXPECT_EQ(HistoryOf(Recommend("user-2")), after);
  StartAsSet();
  EXPECT_EQ(HistoryOf(Recommend("user-2")), after);
  EXPECT_THAT(Record({EventOf("1", "user-2", "item-20")}), ElementsAre(v1::EVENT_STATUS_DUPLICATE));
}

TEST_F(GrpcEventsServiceTest, ADismissedItemIsLeftOutUntilItIsWantedAgain) {
  Start();
  EXPECT_THAT(ItemsOf(Recommend("user-2")), Contains("item-30"));
  Record({EventOf("1", "user-2", "item-30", v1::EVENT_KIND_DISMISS)});
  EXPECT_THAT(ItemsOf(Recommend("user-2")), Not(Contains("item-30")));
  Record({EventOf("2", "user-2", "item-30", v1::EVENT_KIND_DWELL)});
  EXPECT_THAT(ItemsOf(Recommend("user-2")), Contains("item-30"));
}

TEST_F(GrpcEventsServiceTest, AWrongEventHarmsNoOther) {
  Start();
  EXPECT_THAT(Record({EventOf("1", "ann", "item-5"), EventOf("2", "ann", ""), EventOf("3", "ann", "item-6")}),
              ElementsAre(v1::EVENT_STATUS_RECORDED, v1::EVENT_STATUS_INVALID, v1::EVENT_STATUS_RECORDED));
  EXPECT_THAT(response_.outcomes(1).message(), HasSubstr("events[1].item_id is empty"));
  EXPECT_THAT(Record({EventOf("4", "ann", "item-5", v1::EVENT_KIND_UNSPECIFIED)}),
              ElementsAre(v1::EVENT_STATUS_INVALID));
  EXPECT_THAT(HistoryOf(Recommend("ann")), ElementsAre("item-5", "item-6"));
}

TEST_F(GrpcEventsServiceTest, BatchesHaveALimit) {
  Start();
  Record({});
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  Record(std::vector(4, EventOf("1", "ann", "item-5")));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status_.error_message(), HasSubstr("at most 3"));
}

TEST_F(GrpcEventsServiceTest, AServerWithoutAFolderTakesNoEvents) {
  StartAsSet();
  Record({EventOf("1", "ann", "item-5")});
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status_.error_message(), HasSubstr("serve.events.directory"));
}

TEST_F(GrpcEventsServiceTest, WithoutConsentNothingIsKeptOrUsed) {
  Start(ConsentRule::kRequired);
  EXPECT_THAT(Record({EventOf("1", "user-2", "item-20")}), ElementsAre(v1::EVENT_STATUS_DENIED));
  const v1::RecommendResponse denied = Recommend("user-2");
  EXPECT_EQ(denied.reason(), v1::REASON_NO_CONSENT);
  EXPECT_EQ(denied.history_size(), 0);
  EXPECT_FALSE(denied.personalized());

  EXPECT_TRUE(Agree("user-2", {v1::PURPOSE_PERSONALIZATION}).ok());
  EXPECT_THAT(Record({EventOf("1", "user-2", "item-20")}), ElementsAre(v1::EVENT_STATUS_RECORDED));
  EXPECT_THAT(HistoryOf(Recommend("user-2")), Contains("item-20"));

  EXPECT_TRUE(Agree("user-2", {v1::PURPOSE_TRAINING}).ok());
  EXPECT_EQ(Recommend("user-2").reason(), v1::REASON_NO_CONSENT);
  EXPECT_TRUE(Agree("user-2", {v1::PURPOSE_PERSONALIZATION}).ok());
  EXPECT_THAT(HistoryOf(Recommend("user-2")), Not(Contains("item-20")));  // forgotten at the withdrawal
}

TEST_F(GrpcEventsServiceTest, AnErasedShopperIsAStrangerAlsoToTheModel) {
  Start();
  Record({EventOf("1", "user-2", "item-20")});
  EXPECT_THAT(HistoryOf(Recommend("user-2")), Contains("item-20"));
  EXPECT_THAT(SimilarTo("user-1"), Contains("user-2"));
  const std::string receipt = Erase("user-2");
  const std::string pem = base::ReadFile(folder_.path() / "events/receipts.pem");
  EXPECT_EQ(profile::VerifiedReceipt(receipt, pem, "user-2").events, 1);
  EXPECT_EQ(Recommend("user-2").reason(), v1::REASON_POPULARITY_FALLBACK);
  EXPECT_THAT(SimilarTo("user-1"), Not(Contains("user-2")));
  EXPECT_THAT(SimilarTo("user-2"), ElementsAre());
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
  Record({EventOf("2", "user-2", "item-21")});
  EXPECT_THAT(HistoryOf(Recommend("user-2")), ElementsAre("item-21"));
}

TEST_F(GrpcEventsServiceTest, AVisitorWhoSignsInIsTheShopper) {
  Start();
  Record({EventOf("1", "visitor-9", "item-5"), EventOf("2", "ann", "item-6")});
  EXPECT_TRUE(Identify("visitor-9", "ann").ok());
  EXPECT_THAT(HistoryOf(Recommend("ann")), ElementsAre("item-5", "item-6"));
  EXPECT_THAT(HistoryOf(Recommend("visitor-9")), ElementsAre("item-5", "item-6"));
  EXPECT_EQ(Identify("visitor-9", "bob").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Identify("", "ann").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Identify("visitor-9", "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

// The model knows user-2 by what was done under that id, maybe without consent.
TEST_F(GrpcEventsServiceTest, WhatAModelKnowsOfAVisitorIsNotTheShoppers) {
  Start();
  EXPECT_TRUE(Identify("user-2", "ann").ok());
  EXPECT_THAT(HistoryOf(Recommend("user-2")), ElementsAre());
  EXPECT_THAT(SimilarTo("user-1"), Not(Contains("user-2")));
  SimilarTo("user-2");
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(GrpcEventsServiceTest, AShopperGetsToReadAllThatIsHeld) {
  Start();
  Record({EventOf("1", "ann", "item-20"), EventOf("2", "bob", "item-21")});
  EXPECT_THAT(Export("ann"), HasSubstr("item-20"));
  EXPECT_THAT(Export("ann"), Not(HasSubstr("item-21")));
  Erase("ann");
  EXPECT_THAT(Export("ann"), Not(HasSubstr("item-20")));
}

// Who has no events here may be in a model.
TEST_F(GrpcEventsServiceTest, WhatTheModelWasMadeWithIsHeld) {
  Start();
  const nlohmann::json models = nlohmann::json::parse(Export("user-2")).at("models");
  ASSERT_EQ(models.size(), 1);
  EXPECT_EQ(models[0].at("policy"), "stable");
  EXPECT_EQ(models[0].at("user"), "user-2");
  ASSERT_EQ(models[0].at("history").size(), 2);
  EXPECT_EQ(models[0].at("history")[1], (nlohmann::json{{"item", "item-7"}, {"time", kFirstTime + kDay}}));
  const std::vector<float> vector = models[0].at("vector");
  EXPECT_THAT(vector, Contains(Ne(0)));
  EXPECT_EQ(nlohmann::json::parse(Export("ann")).at("models"), nlohmann::json::array());
}

TEST_F(GrpcEventsServiceTest, WhatTheModelWasMadeWithIsHeldUntilItIsReplaced) {
  Start();
  EXPECT_TRUE(Identify("user-2", "user-3").ok());
  Erase("user-3");
  const nlohmann::json models = nlohmann::json::parse(Export("user-3")).at("models");
  ASSERT_EQ(models.size(), 1);
  EXPECT_EQ(models[0].at("user"), "user-3");
  EXPECT_EQ(models[0].at("history").size(), 3);
}

TEST_F(GrpcEventsServiceTest, AShopperWithoutAnIdHasNoRights) {
  Start();
  Erase("");
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  Export("");
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GrpcEventsServiceTest, WhoDidNotAgreeToGroupProfilingIsComparedWithNobody) {
  Start(ConsentRule::kRequired);
  for (const char* user : {"user-1", "user-3"}) {
    EXPECT_TRUE(Agree(user, {v1::PURPOSE_GROUP_PROFILING}).ok());
  }
  EXPECT_TRUE(Agree("user-2", {v1::PURPOSE_PERSONALIZATION, v1::PURPOSE_TRAINING, v1::PURPOSE_ANALYTICS}).ok());
  EXPECT_THAT(SimilarTo("user-1"), ElementsAre("user-3"));
  EXPECT_THAT(SimilarTo("user-2"), ElementsAre());
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(Agree("user-3", {}).ok());
  EXPECT_THAT(SimilarTo("user-1"), ElementsAre());
  EXPECT_TRUE(status_.ok());
}

TEST_F(GrpcEventsServiceTest, ConsentsMayBeToldAsTcStringsAndByGlobalPrivacyControl) {
  Start(ConsentRule::kRequired);
  const auto agree = [&](const std::string& text, bool gpc, std::vector<int> purposes = {}) {
    v1::SetConsentRequest request;
    request.set_user_id("ann");
    request.set_tcf_string(text);
    request.set_gpc(gpc);
    for (const int purpose : purposes) request.add_purposes(static_cast<v1::Purpose>(purpose));
    grpc::ClientContext context;
    v1::SetConsentResponse response;
    return events_->SetConsent(&context, request, &response).error_code();
  };
  EXPECT_EQ(agree(kAllOfTcf, false), grpc::StatusCode::OK);
  EXPECT_THAT(Export("ann"), AllOf(HasSubstr("group_profiling"), HasSubstr("\"tcf\"")));
  EXPECT_THAT(Record({EventOf("1", "ann", "item-5")}), ElementsAre(v1::EVENT_STATUS_RECORDED));
  EXPECT_THAT(HistoryOf(Recommend("ann")), ElementsAre("item-5"));
  EXPECT_EQ(agree(kAllOfTcf, true), grpc::StatusCode::OK);
  EXPECT_EQ(Recommend("ann").reason(), v1::REASON_NO_CONSENT);
  EXPECT_EQ(agree("", false, {v1::PURPOSE_PERSONALIZATION}), grpc::StatusCode::OK);
  EXPECT_THAT(Record({EventOf("2", "ann", "item-6")}), ElementsAre(v1::EVENT_STATUS_RECORDED));
  EXPECT_EQ(agree("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", false), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(agree(kAllOfTcf, false, {v1::PURPOSE_TRAINING}), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(HistoryOf(Recommend("ann")), ElementsAre("item-6"));  // what was refused changed nothing
}

TEST_F(GrpcEventsServiceTest, ACallWithGlobalPrivacyControlIsNeitherPersonalNorKept) {
  Start();
  Record({EventOf("1", "ann", "item-5")});
  for (const char* value : {"1", "0"}) {
    const bool objects = std::string_view(value) == "1";
    v1::RecordRequest record;
    *record.add_events() = EventOf(std::string("gpc-") + value, "ann", "item-6");
    grpc::ClientContext recording;
    recording.AddMetadata("sec-gpc", value);
    EXPECT_TRUE(events_->Record(&recording, record, &response_).ok());
    EXPECT_EQ(response_.outcomes(0).status(), objects ? v1::EVENT_STATUS_DENIED : v1::EVENT_STATUS_RECORDED);
    v1::RecommendRequest ask;
    ask.set_user_id("ann");
    ask.set_k(5);
    ask.set_return_history(9);
    grpc::ClientContext asking;
    asking.AddMetadata("sec-gpc", value);
    v1::RecommendResponse answer;
    EXPECT_TRUE(retrieval_->Recommend(&asking, ask, &answer).ok());
    EXPECT_EQ(answer.reason(), objects ? v1::REASON_NO_CONSENT : v1::REASON_HISTORY);
    EXPECT_EQ(answer.history_size(), objects ? 0 : 2);
    v1::RecommendBatchRequest batch;
    *batch.add_requests() = ask;
    grpc::ClientContext batching;
    batching.AddMetadata("sec-gpc", value);
    v1::RecommendBatchResponse answers;
    EXPECT_TRUE(retrieval_->RecommendBatch(&batching, batch, &answers).ok());
    EXPECT_EQ(answers.entries(0).response().reason(), answer.reason());
  }
}

TEST_F(GrpcEventsServiceTest, WrongConsentsAreRefused) {
  Start();
  EXPECT_EQ(Agree("", {}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Agree("ann", {v1::PURPOSE_UNSPECIFIED}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace shortlist::serve
