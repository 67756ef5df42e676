#include "profile/redis_connections.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "profile/redis_server.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const RedisCommand kPing{"PING"};

Error FailureOf(const EventStoreSettings& settings, const RedisCommand& command = kPing) {
  try {
    RedisConnections(settings).RunOne(command);
  } catch (const Error& problem) {
    return problem;
  }
  return {Code::kNotFound, "nothing was thrown"};
}

EventStoreSettings At(const std::string& address) {
  EventStoreSettings settings;
  settings.address = address;
  return settings;
}

TEST(RedisConnectionsTest, RepliesComeInTheOrderOfCommands) {
  const RedisServer server;
  RedisConnections connections(server.settings());
  const std::string bytes("a\0b\r\n", 5);
  const std::vector<RedisReply> replies = connections.Run(std::vector<RedisCommand>{
      {"SET", "key", bytes}, {"GET", "key"}, {"GET", "none"}, {"INCR", "n"}, {"NONSENSE"}, {"MGET", "n", "none"}});
  ASSERT_EQ(replies.size(), 6);
  EXPECT_EQ(replies[0].text, "OK");
  EXPECT_EQ(replies[1].text, bytes);
  EXPECT_FALSE(replies[2].text);
  EXPECT_EQ(replies[3].text, "1");
  EXPECT_THAT(replies[4].error, HasSubstr("unknown command"));
  ASSERT_EQ(replies[5].elements.size(), 2);
  EXPECT_EQ(replies[5].elements[0].text, "1");
  EXPECT_TRUE(connections.Run({}).empty());
}

TEST(RedisConnectionsTest, AnAddressIsHostAndPortOrASocket) {
  for (const char* address : {"", "redis", "redis:", ":6379", "redis:six"}) {
    EXPECT_EQ(FailureOf(At(address)).code(), Code::kInvalidArgument) << address;
  }
}

TEST(RedisConnectionsTest, ARedisThatIsNotThereIsNamed) {
  for (const char* address : {"127.0.0.1:1", "unix:/nowhere/redis"}) {
    const Error failure = FailureOf(At(address));
    EXPECT_EQ(failure.code(), Code::kUnavailable);
    EXPECT_THAT(failure.what(), AllOf(HasSubstr(address), HasSubstr("serve.events.store.address")));
  }
}

TEST(RedisConnectionsTest, ARedisThatDoesNotAnswerIsGivenUp) {
  const RedisServer server;
  EventStoreSettings settings = server.settings();
  settings.timeout_ms = 50;
  EXPECT_THAT(FailureOf(settings, {"BLPOP", "nothing", "2"}).what(), HasSubstr("in time"));
}

TEST(RedisConnectionsTest, ThePasswordIsSentAndNeverTold) {
  const RedisServer server;
  server.Ask({"ACL", "SETUSER", "shortlist", "on", ">open-sesame", "~shortlist:*", "+@all", "-@admin"});
  EventStoreSettings settings = server.settings();
  const ScratchDirectory scratch;
  settings.username = "shortlist";
  settings.password_file = scratch / "password";
  EXPECT_THAT(FailureOf(settings).what(), HasSubstr("password_file"));
  base::WriteFileAtomically(settings.password_file, "open-barley\n");
  EXPECT_THAT(FailureOf(settings).what(), AllOf(HasSubstr("password_file"), Not(HasSubstr("open-"))));
  base::WriteFileAtomically(settings.password_file, "open-sesame\n");
  EXPECT_EQ(RedisConnections(settings).RunOne({"ACL", "WHOAMI"}).text, "shortlist");
  EXPECT_THAT(FailureOf(settings, {"GET", "another"}).what(), HasSubstr("NOPERM"));
}

}  // namespace
}  // namespace shortlist::profile
