// The service through a real server and the generated stub: what crosses the wire, and what wrong calls do.
#include "serve/grpc_service.h"

#include <functional>
#include <limits>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "serve/running_server.h"

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

class GrpcServiceTest : public ::testing::TestWithParam<std::int64_t> {
 protected:
  GrpcServiceTest() {
    ServeSettings settings = LoopbackSettings();
    settings.threads = GetParam();
    server_ = StartMadeServer(settings);
    grpc::ChannelArguments arguments;
    arguments.SetMaxSendMessageSize(-1);
    stub_ = v1::Retrieval::NewStub(
        grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments));
  }

  static v1::RecommendRequest GoodRequest() {
    v1::RecommendRequest request;
    request.set_user_id("user-5");
    request.set_k(4);
    return request;
  }

  grpc::Status Recommend(const v1::RecommendRequest& request) {
    grpc::ClientContext context;
    response_.Clear();
    return stub_->Recommend(&context, request, &response_);
  }

  grpc::Status RecommendBatch(const v1::RecommendBatchRequest& request) {
    grpc::ClientContext context;
    return stub_->RecommendBatch(&context, request, &batch_response_);
  }

  void ExpectNextCallIsFine() {
    EXPECT_TRUE(Recommend(GoodRequest()).ok());
    EXPECT_EQ(response_.items_size(), 4);
    EXPECT_TRUE(response_.personalized());
  }

  // The good request, spoilt.
  void ExpectInvalid(const std::function<void(v1::RecommendRequest&)>& spoil, const std::string& message) {
    v1::RecommendRequest request = GoodRequest();
    spoil(request);
    const grpc::Status status = Recommend(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << message;
    EXPECT_THAT(status.error_message(), HasSubstr(message));
    ExpectNextCallIsFine();
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Retrieval::Stub> stub_;
  v1::RecommendResponse response_;
  v1::RecommendBatchResponse batch_response_;
};

TEST_P(GrpcServiceTest, Recommends) {
  ASSERT_TRUE(Recommend(GoodRequest()).ok());
  ASSERT_EQ(response_.items_size(), 4);
  EXPECT_EQ(response_.items(0).rank(), 1);
  EXPECT_EQ(response_.items(3).rank(), 4);
  EXPECT_GE(response_.items(0).score(), response_.items(3).score());
  EXPECT_EQ(response_.bundle_version(), server_->bundle_version());
  EXPECT_TRUE(response_.personalized());
  EXPECT_EQ(response_.reason(), v1::REASON_HISTORY);
  EXPECT_EQ(response_.history_events(), 5);
}

TEST_P(GrpcServiceTest, MarksTheFallback) {
  v1::RecommendRequest request;
  request.set_k(2);
  ASSERT_TRUE(Recommend(request).ok());
  EXPECT_FALSE(response_.personalized());
  EXPECT_EQ(response_.reason(), v1::REASON_POPULARITY_FALLBACK);
  EXPECT_EQ(response_.items(0).item_id(), "item-49");
}

TEST_P(GrpcServiceTest, RefusesWrongFieldsByName) {
  for (const int k : {0, -1, 1'000'000'000}) {
    ExpectInvalid([k](auto& request) { request.set_k(k); }, "k is " + std::to_string(k));
  }
  ExpectInvalid([](auto& request) { request.set_user_id(""); }, "user_id is empty");
  ExpectInvalid([](auto& request) { request.set_user_id(std::string(600, 'u')); }, "user_id has 600 bytes");
  ExpectInvalid([](auto& request) { request.add_history(); }, "history[0].item_id is empty");
  ExpectInvalid([](auto& request) { request.add_exclude_item_ids(""); }, "exclude_item_ids[0] is empty");
  ExpectInvalid([](auto& request) { request.set_seen(static_cast<v1::SeenPolicy>(77)); }, "seen is 77");
  ExpectInvalid([](auto& request) { request.set_time(std::numeric_limits<std::int64_t>::min()); }, "time is -9223372");
}

TEST_P(GrpcServiceTest, RefusesNumbersThatAreNotFinite) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    ExpectInvalid([number](auto& request) { (*request.mutable_context())["basket"].set_number(number); },
                  "context[\"basket\"] is not a finite number");
  }
  v1::RecommendRequest extreme = GoodRequest();
  (*extreme.mutable_context())["basket"].set_number(-1e308);
  EXPECT_TRUE(Recommend(extreme).ok());
  for (const v1::ScoredItem& item : response_.items()) EXPECT_TRUE(std::isfinite(item.score()));
}

TEST_P(GrpcServiceTest, RefusesAMegabyteOfHistory) {
  ExpectInvalid(
      [](auto& request) {
        for (int i = 0; i < 100'000; ++i) request.add_history()->set_item_id("item-1");
      },
      "history has 100000 entries");
  ExpectInvalid([](auto& request) { request.add_history()->set_item_id(std::string(1 << 20, 'i')); },
                "history[0].item_id has 1048576 bytes");
}

TEST_P(GrpcServiceTest, RefusesMessagesThatAreTooLarge) {
  v1::RecommendRequest request = GoodRequest();
  request.add_history()->set_item_id(std::string(5 << 20, 'i'));
  EXPECT_EQ(Recommend(request).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  ExpectNextCallIsFine();
}

TEST_P(GrpcServiceTest, SkipsUnknownAndTakesRepeatedIds) {
  v1::RecommendRequest request = GoodRequest();
  for (const char* id : {"gone", "item-30", "item-30"}) request.add_history()->set_item_id(id);
  for (const char* id : {"item-31", "item-31", "gone"}) request.add_exclude_item_ids(id);
  ASSERT_TRUE(Recommend(request).ok());
  EXPECT_EQ(response_.unknown_history_items(), 1);
  EXPECT_EQ(response_.history_events(), 7);
}

TEST_P(GrpcServiceTest, GivesEachOfABatchItsOwnStatus) {
  v1::RecommendBatchRequest request;
  *request.add_requests() = GoodRequest();
  request.add_requests()->set_k(0);
  *request.add_requests() = GoodRequest();
  ASSERT_TRUE(RecommendBatch(request).ok());
  ASSERT_EQ(batch_response_.entries_size(), 3);
  EXPECT_EQ(batch_response_.entries(0).response().items_size(), 4);
  EXPECT_EQ(batch_response_.entries(1).error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(batch_response_.entries(2).response().items(0).item_id(),
            batch_response_.entries(0).response().items(0).item_id());
}

TEST_P(GrpcServiceTest, RefusesEmptyAndOverlongBatches) {
  v1::RecommendBatchRequest request;
  EXPECT_THAT(RecommendBatch(request).error_message(), HasSubstr("requests is empty"));
  for (int i = 0; i < 257; ++i) *request.add_requests() = GoodRequest();
  EXPECT_THAT(RecommendBatch(request).error_message(), HasSubstr("requests has 257 entries"));
  ExpectNextCallIsFine();
}

TEST_P(GrpcServiceTest, FindsSimilarItemsAndUsers) {
  grpc::ClientContext items_context;
  v1::SimilarItemsRequest items_request;
  v1::SimilarItemsResponse items;
  items_request.set_item_id("item-3");
  items_request.set_k(5);
  ASSERT_TRUE(stub_->SimilarItems(&items_context, items_request, &items).ok());
  EXPECT_EQ(items.items_size(), 5);
  EXPECT_EQ(items.bundle_version(), server_->bundle_version());

  grpc::ClientContext users_context;
  v1::SimilarUsersRequest users_request;
  v1::SimilarUsersResponse users;
  users_request.set_user_id("user-3");
  users_request.set_k(5);
  ASSERT_TRUE(stub_->SimilarUsers(&users_context, users_request, &users).ok());
  EXPECT_EQ(users.users_size(), 5);
  EXPECT_EQ(users.users(0).rank(), 1);
}

TEST_P(GrpcServiceTest, SaysWhichItemOrUserIsNotThere) {
  grpc::ClientContext context;
  v1::SimilarItemsRequest request;
  v1::SimilarItemsResponse response;
  request.set_item_id("lamp");
  request.set_k(5);
  const grpc::Status status = stub_->SimilarItems(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("item 'lamp' is not in bundle"));
}

TEST_P(GrpcServiceTest, RefusesTextThatIsNotUtf8) {
  v1::RecommendRequest request = GoodRequest();
  request.set_user_id("caf\xE9");
  const grpc::Status status = Recommend(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "the message is not a shortlist.v1.RecommendRequest, or has text that is not UTF-8");
  ExpectNextCallIsFine();
}

TEST_P(GrpcServiceTest, DropsCallsWhoseDeadlinePassed) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  EXPECT_EQ(stub_->Recommend(&context, GoodRequest(), &response_).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  ExpectNextCallIsFine();
}

INSTANTIATE_TEST_SUITE_P(Threads, GrpcServiceTest, ::testing::Values(0, 2));

}  // namespace
}  // namespace shortlist::serve
