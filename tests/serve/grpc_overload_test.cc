// What a server refuses when it has enough to do, and that it answers the rest.
#include "serve/grpc_overload.h"

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "serve/listening_service.h"

namespace shortlist::serve {
namespace {

OverloadSettings Tight() {
  OverloadSettings settings;
  settings.retry_after_milliseconds = 100;
  settings.quota.calls_per_second = 0.001;
  settings.quota.burst = 3;
  return settings;
}

template <class Filter>
std::vector<std::unique_ptr<CallFilter>> Only(const OverloadSettings& settings) {
  std::vector<std::unique_ptr<CallFilter>> filters;
  filters.push_back(std::make_unique<Filter>(settings));
  return filters;
}

// The pushback of a refused call in milliseconds; -1 without one.
int Pushback(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find("grpc-retry-pushback-ms");
  return found == trailers.end() ? -1 : std::stoi(std::string(found->second.data(), found->second.size()));
}

TEST(GrpcOverload, LetsAClientsBurstThroughAndTellsItWhenToComeBack) {
  const ListeningService service(Only<QuotaFilter>(Tight()));
  for (int call = 0; call < 3; ++call) EXPECT_TRUE(service.Recommend().ok());
  grpc::ClientContext context;
  EXPECT_EQ(service.Recommend(context).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GE(Pushback(context), 50);
  EXPECT_LE(Pushback(context), 150);
}

// Holds the calls that it is asked about until it is opened.
class Gate final : public CallFilter {
 public:
  explicit Gate(std::latch& opened) : opened_(opened) {}
  grpc::Status Admit(Call& /*call*/) override { return grpc::Status::OK; }
  void Finished(const Call& /*call*/, const grpc::Status& /*status*/) override { opened_.wait(); }

 private:
  std::latch& opened_;
};

TEST(GrpcOverload, RefusesWhatIsBeyondTheLimitOfCallsUnderWay) {
  OverloadSettings settings;
  settings.max_in_flight = 1;
  std::latch opened(1);
  std::vector<std::unique_ptr<CallFilter>> filters = Only<InFlightLimit>(settings);
  filters.push_back(std::make_unique<Gate>(opened));
  const ListeningService service(std::move(filters));
  std::jthread first([&] { EXPECT_TRUE(service.Recommend().ok()); });
  while (service.path.under_way() == 0) std::this_thread::yield();
  EXPECT_EQ(service.Recommend().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  opened.count_down();
  first.join();
  EXPECT_TRUE(service.path.WaitUntilIdle(std::chrono::seconds(10)));
  EXPECT_TRUE(service.Recommend().ok());
}

TEST(GrpcOverload, KnowsWhoWaitedTooLong) {
  OverloadSettings settings;
  settings.max_wait_milliseconds = 50;
  Call call;
  call.arrival = std::chrono::steady_clock::now();
  EXPECT_FALSE(WaitedTooLong(call, settings));
  call.arrival -= std::chrono::milliseconds(60);
  EXPECT_TRUE(WaitedTooLong(call, settings));
}

}  // namespace
}  // namespace shortlist::serve
