#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "e2e/retailer.h"
#include "e2e/server.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;

class LoadtestTest : public Retailer {};

TEST_F(LoadtestTest, MeasuresARunningServer) {
  RunAll();
  Server server(bundle(), scratch_.path());
  const std::string json = (scratch_ / "load.json").string();
  const Outcome outcome =
      Succeed({"loadtest", "--address", server.address(), "--bundle", bundle().string(), "--rate", "200", "--batch",
               "4", "--warm-up", "0.1", "--duration", "0.5", "--deadline", "60000", "--json", json});
  EXPECT_THAT(outcome.out, HasSubstr("Poisson arrivals of 200 calls/s"));
  EXPECT_THAT(outcome.out, HasSubstr("p99.9"));
  const auto report = nlohmann::json::parse(base::ReadFile(json));
  EXPECT_EQ(report["calls_by_code"].size(), 1U);
  EXPECT_GT(report["calls_by_code"]["OK"], 0);
  EXPECT_EQ(server.Stop().status, 0);
}

TEST_F(LoadtestTest, SaysThatNoServerAnswers) {
  const Outcome outcome = Shortlist({"loadtest", "--address", "127.0.0.1:1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no server answers at '127.0.0.1:1'"));
}

}  // namespace
}  // namespace shortlist::e2e
