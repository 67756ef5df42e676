// Two real servers over one real Redis: what one is told holds on the other, and what becomes of both while it is gone.
#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"
#include "profile/redis_server.h"
#include "serve/made_bundle.h"
#include "shortlist/v1/events.grpc.pb.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::faults {
namespace {

using ::testing::HasSubstr;

// A server with a folder of its own.
class SharingServer {
 public:
  SharingServer(const std::filesystem::path& folder, const std::filesystem::path& config)
      : program_({"serve", config.string(), "--bundle", (folder / "bundle").string(), "--address", "127.0.0.1:0",
                  "--admin-address", "127.0.0.1:0"},
                 folder) {
    const auto line = program_.WaitForLine("serving ");
    if (!line) {
      ADD_FAILURE() << program_.Wait().err;
      return;
    }
    const auto channel = grpc::CreateChannel(line->substr(line->find(" on ") + 4), grpc::InsecureChannelCredentials());
    events_ = v1::Events::NewStub(channel);
    retrieval_ = v1::Retrieval::NewStub(channel);
  }

  // Whether an event was recorded, or had been; nothing is acknowledged with another code than OK.
  grpc::Status Record(const std::string& id, const std::string& user, v1::EventStatus& outcome) const {
    v1::RecordRequest request;
    v1::Event& event = *request.add_events();
    event.set_event_id(id);
    event.set_user_id(user);
    event.set_kind(v1::EVENT_KIND_VIEW);
    event.set_item_id("item-5");
    v1::RecordResponse response;
    grpc::ClientContext context;
    const grpc::Status status = events_->Record(&context, request, &response);
    outcome = status.ok() ? response.outcomes(0).status() : v1::EVENT_STATUS_UNSPECIFIED;
    return status;
  }
  v1::EventStatus Record(const std::string& id, const std::string& user) const {
    v1::EventStatus outcome{};
    const grpc::Status status = Record(id, user, outcome);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outcome;
  }
  v1::RecommendResponse Recommend(const std::string& user) const {
    v1::RecommendRequest request;
    request.set_user_id(user);
    request.set_k(5);
    v1::RecommendResponse response;
    grpc::ClientContext context;
    const grpc::Status status = retrieval_->Recommend(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.items_size(), 5);
    return response;
  }
  void SetConsent(const std::string& user, const std::vector<v1::Purpose>& purposes) const {
    v1::SetConsentRequest request;
    request.set_user_id(user);
    for (const v1::Purpose purpose : purposes) request.add_purposes(purpose);
    v1::SetConsentResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(events_->SetConsent(&context, request, &response).ok());
  }
  void Erase(const std::string& user) const {
    v1::EraseRequest request;
    request.set_user_id(user);
    v1::EraseResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(events_->Erase(&context, request, &response).ok());
    EXPECT_THAT(response.receipt(), HasSubstr("signature"));
  }
  // Of the shopper's profile.
  int Views(const std::string& user) const {
    v1::ExportRequest request;
    request.set_user_id(user);
    v1::ExportResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(events_->Export(&context, request, &response).ok());
    return nlohmann::json::parse(response.data()).at("/profile/activity/view/events"_json_pointer);
  }

 private:
  e2e::Program program_;
  std::unique_ptr<v1::Events::Stub> events_;
  std::unique_ptr<v1::Retrieval::Stub> retrieval_;
};

class SharedEventsTest : public ::testing::Test {
 protected:
  void SetUp() override { serve::WriteMadeBundle(serve::MadeRetailer(), folder_.path()); }

  std::filesystem::path ConfigOf(const std::string& name, const std::string& consent) const {
    const std::filesystem::path config = folder_.path() / (name + ".yaml");
    std::ofstream(config) << "serve:\n  events:\n    directory: " << (folder_.path() / name).string()
                          << "\n    key_file: " << (folder_.path() / "key").string() << "\n    consent: " << consent
                          << "\n    store: {kind: redis, address: '" << redis_.address() << "'}\n";
    return config;
  }
  void Start(const std::string& consent) {
    one_ = std::make_unique<SharingServer>(folder_.path(), ConfigOf("one", consent));
    other_ = std::make_unique<SharingServer>(folder_.path(), ConfigOf("other", consent));
  }

  serve::ScratchFolder folder_;
  profile::RedisServer redis_{{"--appendonly", "yes"}};
  std::unique_ptr<SharingServer> one_;
  std::unique_ptr<SharingServer> other_;
};

TEST_F(SharedEventsTest, EventsConsentsAndErasuresOfOneHoldOnTheOther) {
  const std::vector<v1::Purpose> all{v1::PURPOSE_PERSONALIZATION, v1::PURPOSE_TRAINING};
  Start("required");
  EXPECT_EQ(other_->Recommend("ann").reason(), v1::REASON_NO_CONSENT);
  one_->SetConsent("ann", all);
  EXPECT_EQ(one_->Record("1", "ann"), v1::EVENT_STATUS_RECORDED);
  EXPECT_EQ(other_->Recommend("ann").history_events(), 1);
  EXPECT_EQ(other_->Record("1", "ann"), v1::EVENT_STATUS_DUPLICATE);
  EXPECT_EQ(one_->Views("ann"), 1);
  one_->SetConsent("ann", {});
  EXPECT_EQ(other_->Recommend("ann").reason(), v1::REASON_NO_CONSENT);
  EXPECT_EQ(other_->Record("2", "ann"), v1::EVENT_STATUS_DENIED);
  other_->SetConsent("ann", all);
  EXPECT_EQ(other_->Record("3", "ann"), v1::EVENT_STATUS_RECORDED);
  EXPECT_EQ(one_->Recommend("ann").history_events(), 1);
  one_->Erase("ann");
  EXPECT_EQ(other_->Recommend("ann").reason(), v1::REASON_NO_CONSENT);
  EXPECT_EQ(other_->Recommend("ann").history_events(), 0);
}

// Callers who send each event until a server acknowledges it, now to the one and now to the other.
TEST_F(SharedEventsTest, ARedisThatIsKilledUnderLoadLosesNothingThatWasAcknowledged) {
  constexpr int kCallers = 4;
  Start("ignored");
  std::atomic<bool> stop = false;
  std::atomic<int> refused = 0;
  std::atomic<int> wrong = 0;
  std::map<int, int> acknowledged;
  for (int caller = 0; caller < kCallers; ++caller) acknowledged[caller] = 0;
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller, &done = acknowledged.at(caller)] {
      for (int attempt = caller; !stop; ++attempt) {
        const SharingServer& server = attempt % 2 == 0 ? *one_ : *other_;
        v1::EventStatus outcome{};
        const std::string user = "shopper-" + std::to_string(caller);
        const grpc::Status status = server.Record(user + "." + std::to_string(done), user, outcome);
        if (status.ok()) {
          if (outcome != v1::EVENT_STATUS_RECORDED && outcome != v1::EVENT_STATUS_DUPLICATE) ++wrong;
          ++done;
          continue;
        }
        if (status.error_code() != grpc::StatusCode::UNAVAILABLE) ++wrong;
        ++refused;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    });
  }
  for (int kill = 0; kill < 3; ++kill) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    redis_.Kill();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(one_->Recommend("shopper-0").reason(), v1::REASON_POPULARITY_FALLBACK);
    redis_.Start();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  stop = true;
  callers.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(refused, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // by then each server looked whether Redis lacks some
  for (const auto& [caller, events] : acknowledged) {
    EXPECT_GT(events, 0);
    const std::string user = "shopper-" + std::to_string(caller);
    // One more may be in a log without having been acknowledged.
    EXPECT_GE(one_->Views(user), events) << user;
    EXPECT_LE(one_->Views(user), events + 1) << user;
    EXPECT_EQ(other_->Views(user), one_->Views(user)) << user;
  }
}

TEST_F(SharedEventsTest, AServerWithoutItsRedisSaysSoAndDoesNotStart) {
  redis_.Kill();
  const e2e::Outcome outcome =
      e2e::RunProgram({"serve", ConfigOf("one", "ignored").string(), "--bundle", (folder_.path() / "bundle").string(),
                       "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"},
                      folder_.path());
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("(serve.events.store.address) cannot be used"));
}

}  // namespace
}  // namespace shortlist::faults
