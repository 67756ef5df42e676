#include "serve/settings_check.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

std::string ProblemOf(const ServeSettings& settings) {
  try {
    RequireServable(settings);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
}

TEST(ServeSettings, AreServableOutOfTheBox) {
  EXPECT_EQ(ProblemOf({}), "");
}

TEST(ServeSettings, NameTheAddressThatIsNone) {
  ServeSettings shoppers;
  shoppers.address = "localhost";
  EXPECT_THAT(ProblemOf(shoppers), HasSubstr("serve.address 'localhost' is not host:port"));
  ServeSettings health;
  health.health.address = "localhost:http";
  EXPECT_THAT(ProblemOf(health), HasSubstr("serve.health.address 'localhost:http' is not host:port"));
  ServeSettings metrics;
  metrics.metrics.address = ":9464";
  EXPECT_THAT(ProblemOf(metrics), HasSubstr("serve.metrics.address ':9464' is not host:port"));
}

TEST(ServeSettings, KeepDecisionsOnlyWhereThereIsAFolderOfEvents) {
  ServeSettings settings;
  settings.decisions.fraction = .5;
  EXPECT_THAT(ProblemOf(settings), HasSubstr("serve.events.directory names no folder"));
  settings.events.directory = "events";
  EXPECT_EQ(ProblemOf(settings), "");
}

TEST(ServeSettings, ReachARedisOverNetworksOnlyIfTheyAreSaidToBeSafe) {
  ServeSettings settings;
  EventStoreSettings& store = settings.events.store;
  store.address = "redis.shop:6379";
  EXPECT_EQ(ProblemOf(settings), "");  // RocksDB has none
  store.kind = EventStoreKind::kRedis;
  EXPECT_THAT(ProblemOf(settings), HasSubstr("serve.events.store.insecure"));
  store.insecure = true;
  EXPECT_EQ(ProblemOf(settings), "");
  store.insecure = false;
  for (const char* address : {"127.0.0.1:6379", "unix:/run/redis"}) {
    store.address = address;
    EXPECT_EQ(ProblemOf(settings), "") << address;
  }
  store.address = "redis";
  EXPECT_THAT(ProblemOf(settings), HasSubstr("serve.events.store.address 'redis' is not host:port"));
}

TEST(ServeSettings, KeepPortsThatKnowShoppersOffNetworksWithoutTls) {
  ServeSettings settings;
  settings.admin.address = "0.0.0.0:50052";
  EXPECT_THAT(ProblemOf(settings), HasSubstr("serve.admin.address '0.0.0.0:50052' can be reached over a network"));
  settings.admin.address = "";
  settings.health.address = "0.0.0.0:50053";
  settings.metrics.address = "0.0.0.0:9464";
  EXPECT_EQ(ProblemOf(settings), "");
  settings.address = "0.0.0.0:50051";
  EXPECT_THAT(ProblemOf(settings), HasSubstr("serve.address '0.0.0.0:50051' can be reached over a network"));
}

TEST(ServeSettings, TellContradictionsWithoutReadingTheFilesTheyName) {
  ServeSettings settings;
  settings.security.certificate = "no/such/file";
  EXPECT_THAT(ProblemOf(settings), HasSubstr("belong together"));
  settings.security.private_key = "no/such/file";
  EXPECT_EQ(ProblemOf(settings), "");
}

}  // namespace
}  // namespace shortlist::serve
