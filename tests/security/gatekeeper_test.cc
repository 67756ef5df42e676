#include "security/gatekeeper.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "security/certificate_authority.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using ::testing::HasSubstr;

class GatekeeperTest : public ::testing::Test {
 protected:
  std::string WriteClients(const std::string& token) const {
    std::string path = scratch_ / "clients.json";
    base::WriteFileAtomically(path, R"({"clients": [{"name": "web", "scopes": ["read"], "token_sha256": ")" +
                                        base::Sha256(std::string_view(token)) + "\"}]}");
    return path;
  }

  static std::string Problem(const SecuritySettings& settings, std::string_view address = "127.0.0.1:1") {
    try {
      Gatekeeper(settings).RequireSafe(address, "serve.address");
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
      return error.what();
    }
  }

  template <class Condition>
  static void Await(const Condition& condition) {
    while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  ScratchDirectory scratch_;
};

TEST_F(GatekeeperTest, TlsMakesEveryAddressSafe) {
  const CertificateAuthority authority(scratch_ / "ca", "ca");
  EXPECT_EQ(Problem(SettingsOf(authority.Issue("server", "IP:127.0.0.1")), "0.0.0.0:1"), "");
  EXPECT_THAT(Problem({}, "0.0.0.0:1"), HasSubstr("serve.address '0.0.0.0:1' can be reached over a network"));
}

TEST_F(GatekeeperTest, RefusesSettingsThatContradictEachOtherBeforeItReadsFiles) {
  SecuritySettings half;
  half.certificate = "server.crt";
  EXPECT_THAT(Problem(half), HasSubstr("belong together"));
}

TEST_F(GatekeeperTest, ReflectionIsForOpenServersUnlessAskedFor) {
  SecuritySettings settings;
  EXPECT_TRUE(Gatekeeper(settings).describes_services());
  settings.reflection = Reflection::kOff;
  EXPECT_FALSE(Gatekeeper(settings).describes_services());
  settings.clients = WriteClients("token");
  settings.reflection = Reflection::kAuto;
  EXPECT_FALSE(Gatekeeper(settings).describes_services());
  settings.reflection = Reflection::kOn;
  EXPECT_TRUE(Gatekeeper(settings).describes_services());
}

TEST_F(GatekeeperTest, TakesNewFilesByItselfAndCountsThoseThatItRefuses) {
  SecuritySettings settings;
  settings.clients = WriteClients("old");
  settings.reload_seconds = 1;
  const Gatekeeper gatekeeper(settings);
  base::WriteFileAtomically(settings.clients, "broken");
  Await([&] { return gatekeeper.refused_reloads() == 1; });
  EXPECT_EQ(gatekeeper.reloads(), 0U);
  const Evidence with_old{"Bearer old", {}};
  EXPECT_FALSE(gatekeeper.authorizer()->Refusal("/shortlist.v1.Retrieval/Recommend", with_old).has_value());
  WriteClients("new");
  Await([&] { return gatekeeper.reloads() == 1; });
  EXPECT_TRUE(gatekeeper.authorizer()->Refusal("/shortlist.v1.Retrieval/Recommend", with_old).has_value());
  EXPECT_EQ(gatekeeper.refused_reloads(), 1U);
}

}  // namespace
}  // namespace shortlist::security
