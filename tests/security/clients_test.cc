#include "security/clients.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Entry(const std::string& rest) {
  return R"({"clients": [{"name": "web", "scopes": ["read"], )" + rest + "}]}";
}

std::string TokenEntry(const std::string& token) {
  return Entry(R"("token_sha256": ")" + base::Sha256(std::string_view(token)) + "\"");
}

std::string Problem(const std::string& json) {
  try {
    Clients::Parse(json, "clients.json");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
}

TEST(Clients, AreFoundByTheirToken) {
  const Clients clients = Clients::Parse(TokenEntry("sesame"), "clients.json");
  ASSERT_NE(clients.FindByToken("sesame"), nullptr);
  EXPECT_EQ(clients.FindByToken("sesame")->name, "web");
  EXPECT_THAT(clients.FindByToken("sesame")->scopes, ElementsAre(Scope::kRead));
  for (const char* wrong : {"", "sesam", "sesame ", "Sesame"}) EXPECT_EQ(clients.FindByToken(wrong), nullptr) << wrong;
}

TEST(Clients, AreFoundByACertificate) {
  const Clients clients = Clients::Parse(Entry(R"("certificate": "uri:spiffe://shop/web")"), "clients.json");
  const std::vector<std::string> its = {"cn:web", "uri:spiffe://shop/web"};
  ASSERT_NE(clients.FindByCertificate(its), nullptr);
  const std::vector<std::string> of_others = {"dns:spiffe://shop/web", "uri:spiffe://shop/web2"};
  EXPECT_EQ(clients.FindByCertificate(of_others), nullptr);
}

// While a token is rotated, both count.
TEST(Clients, MayHaveSeveralTokens) {
  const std::string first = base::Sha256(std::string_view("first"));
  const std::string second = base::Sha256(std::string_view("second"));
  const Clients clients =
      Clients::Parse(R"({"clients": [{"name": "web", "scopes": ["read"], "token_sha256": ")" + first +
                         R"("}, {"name": "web", "scopes": ["read", "admin"], "token_sha256": ")" + second + "\"}]}",
                     "clients.json");
  EXPECT_EQ(clients.size(), 2U);
  EXPECT_EQ(clients.FindByToken("first")->scopes.size(), 1U);
  EXPECT_EQ(clients.FindByToken("second")->scopes.size(), 2U);
}

TEST(Clients, RefusesFilesThatSayAnotherThing) {
  EXPECT_THAT(Problem(""), HasSubstr(R"(clients.json: expected {"clients": [...]})"));
  EXPECT_THAT(Problem(R"({"clients": []})"), HasSubstr("has no client"));
  EXPECT_THAT(Problem(Entry(R"("token": "x")")), HasSubstr("clients.json: clients[0]: unknown field 'token'"));
  EXPECT_THAT(Problem(Entry(R"("certificate": "spiffe://x")")), HasSubstr("must begin with uri:, dns: or cn:"));
  EXPECT_THAT(Problem(R"({"clients": [{"name": "a", "scopes": ["all"]}]})"), HasSubstr("unknown scope \"all\""));
  EXPECT_THAT(Problem(R"({"clients": [{"name": "a", "scopes": ["read"]}]})"), HasSubstr("either token_sha256 or"));
  EXPECT_THAT(Problem(R"({"clients": [{"name": "a", "scopes": []}]})"), HasSubstr("scopes must be"));
  EXPECT_THAT(Problem(R"({"clients": [{"scopes": ["read"]}]})"), HasSubstr("name must be"));
}

// Somebody may have written the token itself where its hash belongs.
TEST(Clients, NeverQuotesWhatMayBeAToken) {
  const std::string problem = Problem(Entry(R"("token_sha256": "my-secret-token")"));
  EXPECT_THAT(problem, HasSubstr("clients[0]: token_sha256 must be the SHA-256"));
  EXPECT_THAT(problem, Not(HasSubstr("my-secret-token")));
}

TEST(Clients, RefusesOneTokenForTwo) {
  const std::string digest = base::Sha256(std::string_view("shared"));
  EXPECT_THAT(Problem(R"({"clients": [{"name": "a", "scopes": ["read"], "token_sha256": ")" + digest +
                      R"("}, {"name": "b", "scopes": ["read"], "token_sha256": ")" + digest + "\"}]}"),
              HasSubstr("clients[1]: another client has the same token"));
}

}  // namespace
}  // namespace shortlist::security
