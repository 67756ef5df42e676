// Batches of events in one stream, and what each is answered.
#include "serve/grpc_record_stream.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"
#include "serve/running_server.h"
#include "shortlist/v1/events.grpc.pb.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GrpcRecordStreamTest : public ::testing::Test {
 protected:
  GrpcRecordStreamTest() {
    settings_.events.directory = (folder_.path() / "events").string();
    settings_.events.max_batch = 100;
  }
  void Start() {
    stub_.reset();
    server_.reset();
    const ScratchFolder bundle;
    server_ = Server::Start(settings_, WriteMadeBundle(MadeRetailer(), bundle.path()), profile::MadeEventFiles());
    stub_ = v1::Events::NewStub(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  }

  static v1::RecordRequest Batch(int first, int events) {
    v1::RecordRequest batch;
    for (int i = first; i < first + events; ++i) {
      v1::Event& event = *batch.add_events();
      event.set_event_id("e-" + std::to_string(i));
      event.set_user_id("ann");
      event.set_item_id("item-5");
      event.set_kind(v1::EVENT_KIND_VIEW);
    }
    return batch;
  }
  static std::vector<v1::EventStatus> StatusesOf(const v1::RecordResponse& response) {
    std::vector<v1::EventStatus> statuses;
    for (const v1::EventOutcome& outcome : response.outcomes()) statuses.push_back(outcome.status());
    return statuses;
  }

  ScratchFolder folder_;
  ServeSettings settings_ = LoopbackSettings();
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Events::Stub> stub_;
  grpc::ClientContext context_;
  v1::RecordResponse response_;
};

TEST_F(GrpcRecordStreamTest, AnswersEveryBatchInTurnWhenItIsOnDisk) {
  Start();
  const auto stream = stub_->RecordStream(&context_);
  ASSERT_TRUE(stream->Write(Batch(0, 2)));
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_THAT(StatusesOf(response_), ElementsAre(v1::EVENT_STATUS_RECORDED, v1::EVENT_STATUS_RECORDED));
  for (const auto& batch : {Batch(1, 2), Batch(9, 1)}) ASSERT_TRUE(stream->Write(batch));  // sent ahead
  stream->WritesDone();
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_THAT(StatusesOf(response_), ElementsAre(v1::EVENT_STATUS_DUPLICATE, v1::EVENT_STATUS_RECORDED));
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_THAT(StatusesOf(response_), ElementsAre(v1::EVENT_STATUS_RECORDED));
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_TRUE(stream->Finish().ok());
  Start();  // what was answered is there
  grpc::ClientContext again;
  ASSERT_TRUE(stub_->Record(&again, Batch(0, 3), &response_).ok());
  for (const v1::EventStatus status : StatusesOf(response_)) EXPECT_EQ(status, v1::EVENT_STATUS_DUPLICATE);
}

TEST_F(GrpcRecordStreamTest, ABatchThatIsRefusedEndsTheStream) {
  Start();
  const auto stream = stub_->RecordStream(&context_);
  ASSERT_TRUE(stream->Write(Batch(0, 1)));
  ASSERT_TRUE(stream->Read(&response_));
  ASSERT_TRUE(stream->Write(Batch(0, 101)));
  EXPECT_FALSE(stream->Read(&response_));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("at most 100"));
}

TEST_F(GrpcRecordStreamTest, QuotasCountBatches) {
  settings_.overload.quota.calls_per_second = 0.001;
  settings_.overload.quota.burst = 2;
  Start();
  const auto stream = stub_->RecordStream(&context_);
  for (int batch = 0; batch < 3; ++batch) stream->Write(Batch(batch, 1));
  EXPECT_TRUE(stream->Read(&response_));
  EXPECT_TRUE(stream->Read(&response_));
  EXPECT_FALSE(stream->Read(&response_));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcRecordStreamTest, ACancelledStreamAndAnIdleOneDoNotKeepTheServer) {
  Start();
  const auto stream = stub_->RecordStream(&context_);
  ASSERT_TRUE(stream->Write(Batch(0, 1)));
  ASSERT_TRUE(stream->Read(&response_));
  context_.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  grpc::ClientContext idle;
  const auto waiting = stub_->RecordStream(&idle);
  ASSERT_TRUE(waiting->Write(Batch(1, 1)));
  ASSERT_TRUE(waiting->Read(&response_));
  server_->Shutdown();
  EXPECT_FALSE(waiting->Read(&response_));
  EXPECT_FALSE(waiting->Finish().ok());
}

TEST_F(GrpcRecordStreamTest, ABrowserThatObjectsIsHeeded) {
  Start();
  context_.AddMetadata("sec-gpc", "1");
  const auto stream = stub_->RecordStream(&context_);
  ASSERT_TRUE(stream->Write(Batch(0, 1)));
  ASSERT_TRUE(stream->Read(&response_));
  EXPECT_THAT(StatusesOf(response_), ElementsAre(v1::EVENT_STATUS_DENIED));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace shortlist::serve
