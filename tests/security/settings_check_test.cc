#include "security/settings_check.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using ::testing::HasSubstr;

template <class Check>
std::string ProblemOf(const Check& check) {
  try {
    check();
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
}

std::string Exposure(const SecuritySettings& settings, std::string_view address) {
  return ProblemOf([&] { RequireSafe(settings, address, "serve.address"); });
}

std::string Contradiction(const SecuritySettings& settings) {
  return ProblemOf([&] { RequireConsistent(settings); });
}

TEST(SecuritySettings, KnowTheLoopbackInterface) {
  for (const char* address : {"localhost:1", "127.0.0.1:1", "127.8.9.10:1", "[::1]:1"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1", "shop.example:1",
                              "127.0.0.1.example:1", "localhost.example:1", ":1", ""}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(SecuritySettings, PlaintextOnANetworkMustBeAskedFor) {
  SecuritySettings settings;
  EXPECT_EQ(Exposure(settings, "127.0.0.1:1"), "");
  EXPECT_THAT(Exposure(settings, "0.0.0.0:1"), HasSubstr("serve.address '0.0.0.0:1' can be reached over a network"));
  EXPECT_THAT(Exposure(settings, "0.0.0.0:1"), HasSubstr("serve.security.insecure (--insecure)"));
  settings.insecure = true;
  EXPECT_EQ(Exposure(settings, "0.0.0.0:1"), "");
}

TEST(SecuritySettings, TokensNeverCrossANetworkInTheClear) {
  SecuritySettings settings;
  settings.clients = "clients.json";
  settings.insecure = true;
  EXPECT_EQ(Exposure(settings, "127.0.0.1:1"), "");
  EXPECT_THAT(Exposure(settings, "0.0.0.0:1"), HasSubstr("would carry tokens in the clear"));
}

TEST(SecuritySettings, TlsMakesEveryAddressSafe) {
  SecuritySettings settings;
  settings.certificate = "server.crt";
  settings.private_key = "server.key";
  settings.clients = "clients.json";
  EXPECT_EQ(Exposure(settings, "0.0.0.0:1"), "");
}

TEST(SecuritySettings, DoNotContradictEachOther) {
  SecuritySettings settings;
  EXPECT_EQ(Contradiction(settings), "");
  settings.client_authorities = "ca.crt";
  EXPECT_THAT(Contradiction(settings), HasSubstr("client_authorities needs"));
  settings.certificate = "server.crt";
  EXPECT_THAT(Contradiction(settings), HasSubstr("belong together"));
  settings.private_key = "server.key";
  EXPECT_EQ(Contradiction(settings), "");
}

}  // namespace
}  // namespace shortlist::security
