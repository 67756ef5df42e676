#include "serve/grpc_call.h"

#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/listening_service.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What filters were asked and told, in the order in which it happened.
class Record {
 public:
  void Add(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  void Keep(const Call& call) {
    const std::lock_guard lock(mutex_);
    last_ = call;
  }
  Call last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  Call last_;
};

class RecordingFilter final : public CallFilter {
 public:
  RecordingFilter(std::string name, grpc::Status verdict, Record& record)
      : name_(std::move(name)), verdict_(std::move(verdict)), record_(record) {}

  grpc::Status Admit(Call& /*call*/) override {
    record_.Add("ask " + name_);
    return verdict_;
  }
  void Finished(const Call& call, const grpc::Status& status) override {
    record_.Add("tell " + name_ + " " + std::to_string(status.error_code()));
    record_.Keep(call);
  }

 private:
  std::string name_;
  grpc::Status verdict_;
  Record& record_;
};

class GrpcCallTest : public ::testing::Test {
 protected:
  void Listen(const grpc::Status& verdict_of_second) {
    std::vector<std::unique_ptr<CallFilter>> filters;
    filters.push_back(std::make_unique<RecordingFilter>("first", grpc::Status::OK, record_));
    filters.push_back(std::make_unique<RecordingFilter>("second", verdict_of_second, record_));
    filters.push_back(std::make_unique<RecordingFilter>("third", grpc::Status::OK, record_));
    service_ = std::make_unique<ListeningService>(std::move(filters));
  }

  Record record_;
  std::unique_ptr<ListeningService> service_;
};

TEST_F(GrpcCallTest, PassesEveryFilterOnTheWayInAndBack) {
  Listen(grpc::Status::OK);
  EXPECT_TRUE(service_->Recommend().ok());
  EXPECT_THAT(record_.lines(),
              ElementsAre("ask first", "ask second", "ask third", "tell third 0", "tell second 0", "tell first 0"));
}

TEST_F(GrpcCallTest, EndsAtTheFilterThatRefuses) {
  Listen({grpc::StatusCode::PERMISSION_DENIED, "not you"});
  const grpc::Status status = service_->Recommend();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(status.error_message(), "not you");
  EXPECT_THAT(record_.lines(), ElementsAre("ask first", "ask second", "tell second 7", "tell first 7"));
}

TEST_F(GrpcCallTest, KnowsWhatIsAskedByWhom) {
  Listen(grpc::Status::OK);
  ASSERT_TRUE(service_->Recommend().ok());
  EXPECT_EQ(record_.last().method, "shortlist.v1.Retrieval/Recommend");
  EXPECT_EQ(record_.last().client, "ipv4:127.0.0.1");
  EXPECT_EQ(record_.last().request_bytes, 2U);  // one field of a small number
  EXPECT_GT(record_.last().response_bytes, 50U);
}

TEST_F(GrpcCallTest, TellsFiltersOfCallsThatFail) {
  Listen(grpc::Status::OK);
  grpc::ClientContext context;
  v1::SimilarItemsRequest request;
  v1::SimilarItemsResponse response;
  request.set_item_id("lamp");
  request.set_k(1);
  EXPECT_EQ(service_->stub->SimilarItems(&context, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(record_.lines().back(), "tell first 5");
  EXPECT_EQ(record_.last().response_bytes, 0U);
}

TEST_F(GrpcCallTest, IsUnavailableOnceThePathIsClosed) {
  Listen(grpc::Status::OK);
  service_->path.Close();
  EXPECT_EQ(service_->Recommend().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(record_.lines(), IsEmpty());
}

TEST_F(GrpcCallTest, IsUnderWayUntilItsAnswerIsSent) {
  Listen(grpc::Status::OK);
  ASSERT_TRUE(service_->Recommend().ok());
  EXPECT_TRUE(service_->path.WaitUntilIdle(std::chrono::seconds(10)));
  EXPECT_EQ(service_->path.under_way(), 0);
}

}  // namespace
}  // namespace shortlist::serve
