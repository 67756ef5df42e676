// Clients that do not read, that vanish, that send what they should not. Others are answered all the while.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "faults/raw_connection.h"
#include "faults/served_models.h"

namespace shortlist::faults {
namespace {

class ClientFaults : public ServedModels {
 protected:
  void SetUp() override {
    ServedModels::SetUp();
    Serve();
  }

  // What the server says to a request.
  grpc::StatusCode CodeOf(const v1::RecommendRequest& request, std::chrono::milliseconds deadline) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    v1::RecommendResponse response;
    return stub().Recommend(&context, request, &response).error_code();
  }
  grpc::StatusCode CodeOf(const v1::RecommendRequest& request) const {
    return CodeOf(request, std::chrono::minutes(1));
  }

  static v1::RecommendRequest GoodRequest() {
    v1::RecommendRequest request;
    request.set_user_id("user-5");
    request.set_k(10);
    return request;
  }

  void ExpectNothingUnderWay() const {
    Await("no call is under way", [&] { return CallsUnderWay() == 0; });
  }
};

TEST_F(ClientFaults, ThoseWhoDoNotReadTheirAnswers) {
  constexpr int kCalls = 200;
  {
    const RawConnection slow(address());
    slow.Send(PrefaceOfOneWhoDoesNotRead());
    for (int call = 0; call < kCalls; ++call) slow.Send(RecommendFrames(2 * call + 1));
    Await("the calls wait for their reader", [&] { return CallsUnderWay() == kCalls; });
    for (int call = 0; call < 20; ++call) ExpectAnswer();
  }
  ExpectNothingUnderWay();
}

TEST_F(ClientFaults, ThoseWhoVanishWithTheirCallsUnderWay) {
  for (int client = 0; client < 50; ++client) {
    const RawConnection vanishing(address());
    vanishing.Send(PrefaceOfOneWhoDoesNotRead());
    for (int call = 0; call < 10; ++call) vanishing.Send(RecommendFrames(2 * call + 1));
  }
  ExpectAnswer();
  ExpectNothingUnderWay();
}

TEST_F(ClientFaults, ThoseWhoConnectAndSayNothingOrNonsense) {
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int client = 0; client < 100; ++client) {
    connections.push_back(std::make_unique<RawConnection>(address()));
    if (client % 2 == 0) connections.back()->Send("GET / HTTP/1.1\r\n\r\n");
  }
  for (int call = 0; call < 20; ++call) ExpectAnswer();
  connections.clear();
  EXPECT_EQ(Stop().status, 0);
}

TEST_F(ClientFaults, ExpiredDeadlines) {
  for (int call = 0; call < 50; ++call) {
    EXPECT_EQ(CodeOf(GoodRequest(), std::chrono::milliseconds(-5)), grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  ExpectAnswer();
  ExpectNothingUnderWay();
}

TEST_F(ClientFaults, MessagesThatAreTooLarge) {
  v1::RecommendRequest request = GoodRequest();
  request.add_history()->set_item_id(std::string(5 << 20, 'i'));
  for (int call = 0; call < 5; ++call) EXPECT_EQ(CodeOf(request), grpc::StatusCode::RESOURCE_EXHAUSTED);
  ExpectAnswer();
}

TEST_F(ClientFaults, NumbersThatAreNone) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()}) {
    v1::RecommendRequest request = GoodRequest();
    (*request.mutable_context())["basket"].set_number(number);
    EXPECT_EQ(CodeOf(request), grpc::StatusCode::INVALID_ARGUMENT);
  }
  ExpectAnswer();
}

TEST_F(ClientFaults, AConnectionThatKeepsTheServerFromLeavingUntilItsTimeIsUp) {
  Kill();
  Serve("shutdown: {drain_seconds: 1}");
  const RawConnection slow(address());
  slow.Send(PrefaceOfOneWhoDoesNotRead() + RecommendFrames(1));
  Await("the call waits for its reader", [&] { return CallsUnderWay() == 1; });
  EXPECT_EQ(Stop().status, 0);
}

}  // namespace
}  // namespace shortlist::faults
