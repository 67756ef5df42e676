// Two real servers over one real Redis: what one is told holds on the other, and what becomes of both while it is gone.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
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

#include "base/file.h"
#include "base/secret_key.h"
#include "e2e/program.h"
#include "profile/byte_scan.h"
#include "profile/keyed_ids.h"
#include "profile/redis_server.h"
#include "serve/made_bundle.h"
#include "shortlist/v1/events.grpc.pb.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::faults {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
  // Returns the receipt.
  std::string Erase(const std::string& user) const {
    v1::EraseRequest request;
    request.set_user_id(user);
    v1::EraseResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(events_->Erase(&context, request, &response).ok());
    EXPECT_THAT(response.receipt(), HasSubstr("signature"));
    return response.receipt();
  }
  void Identify(const std::string& visitor, const std::string& user) const {
    v1::IdentifyRequest request;
    request.set_visitor_id(visitor);
    request.set_user_id(user);
    v1::IdentifyResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(events_->Identify(&context, request, &response).ok());
  }
  grpc::StatusCode SimilarUsers(const std::string& user) const {
    v1::SimilarUsersRequest request;
    request.set_user_id(user);
    request.set_k(5);
    v1::SimilarUsersResponse response;
    grpc::ClientContext context;
    return retrieval_->SimilarUsers(&context, request, &response).error_code();
  }
  void Kill() {
    program_.Signal(SIGKILL);
    program_.Wait();
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
                          << "\n    rotate_seconds: " << rotate_seconds_ << "\n    store: {kind: redis, address: '"
                          << redis_.address() << "'}\n";
    return config;
  }
  // Waits until it is in no byte of the server's folder; whether it came to that.
  bool IsGoneFrom(const std::string& server, const std::string& bytes) const {
    for (int look = 0; look < 300; ++look) {
      try {
        if (profile::FilesWith(bytes, folder_.path() / server).empty()) return true;
      } catch (const std::exception&) {  // a file went away while it was looked at
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }
  // Which is all that a folder has of an id.
  std::string NameOf(const std::string& user) const {
    return profile::KeyedIds(base::SecretKey::FromFile(folder_.path() / "key")).OfShopper(user);
  }
  void Start(const std::string& consent) {
    one_ = std::make_unique<SharingServer>(folder_.path(), ConfigOf("one", consent));
    other_ = std::make_unique<SharingServer>(folder_.path(), ConfigOf("other", consent));
  }

  serve::ScratchFolder folder_;
  profile::RedisServer redis_{{"--appendonly", "yes"}};
  int rotate_seconds_ = 3600;
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

// The other is told of nothing; it is down while the one is, or killed when it has just heard.
TEST_F(SharedEventsTest, OneErasureReachesFilesAndKeysOfTheOther) {
  Start("ignored");
  EXPECT_EQ(other_->Record("1", "visitor"), v1::EVENT_STATUS_RECORDED);
  EXPECT_EQ(other_->Record("2", "user-7"), v1::EVENT_STATUS_RECORDED);
  EXPECT_EQ(other_->Record("3", "user-8"), v1::EVENT_STATUS_RECORDED);
  EXPECT_EQ(one_->Record("4", "user-7"), v1::EVENT_STATUS_RECORDED);
  one_->Identify("visitor", "user-7");
  EXPECT_EQ(other_->Views("user-7"), 3);  // which moves the log to the lake
  EXPECT_TRUE(IsGoneFrom("other/lake", NameOf("visitor")));
  EXPECT_THAT(profile::FilesWith(NameOf("user-7"), folder_.path() / "other/lake"), Not(IsEmpty()));
  EXPECT_EQ(other_->SimilarUsers("user-7"), grpc::StatusCode::OK);
  EXPECT_EQ(other_->Record("5", "user-7"), v1::EVENT_STATUS_RECORDED);
  const std::filesystem::path keys = std::filesystem::directory_iterator(folder_.path() / "other/keys")->path();
  const std::string key = base::ReadFile(keys).substr(0, 32);
  other_->Kill();

  const std::filesystem::path receipt = folder_.path() / "receipt.json";
  base::WriteFileAtomically(receipt, one_->Erase("user-7"));
  other_ = std::make_unique<SharingServer>(folder_.path(), ConfigOf("other", "ignored"));
  EXPECT_EQ(other_->Recommend("user-7").history_events(), 0);  // of what the model knows neither
  EXPECT_EQ(other_->SimilarUsers("user-7"), grpc::StatusCode::NOT_FOUND);
  other_->Kill();
  EXPECT_THAT(profile::FilesWith(key, folder_.path() / "other"), IsEmpty());
  one_->Kill();
  rotate_seconds_ = 1;
  Start("ignored");
  for (const char* user : {"user-7", "visitor"}) {
    for (const char* server : {"one", "other"}) {
      EXPECT_TRUE(IsGoneFrom(server, NameOf(user))) << user << " " << server;
      EXPECT_TRUE(IsGoneFrom(server, user)) << user << " " << server;
    }
  }
  EXPECT_EQ(other_->Views("user-8"), 1);
  EXPECT_THAT(profile::FilesWith(NameOf("user-8"), folder_.path() / "other/lake"), Not(IsEmpty()));
  const e2e::Outcome verified = e2e::RunProgram({"verify-receipt", receipt.string(), "--public-key",
                                                 (folder_.path() / "other/receipts.pem").string(), "--user", "user-7"},
                                                folder_.path());
  EXPECT_THAT(verified.out, HasSubstr("other servers    by"));
  EXPECT_EQ(verified.status, 0) << verified.err;
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
