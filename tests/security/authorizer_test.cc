#include "security/authorizer.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRecommend[] = "/shortlist.v1.Retrieval/Recommend";

std::string TokenEntry(const std::string& scope, const std::string& token) {
  return R"({"name": ")" + scope + R"( client", "scopes": [")" + scope + R"("], "token_sha256": ")" +
         base::Sha256(std::string_view(token)) + "\"}";
}

class AuthorizerTest : public ::testing::Test {
 protected:
  static std::string Write(const std::string& path) {
    base::WriteFileAtomically(
        path, R"({"clients": [)" + TokenEntry("read", "r-token") + "," + TokenEntry("write", "w-token") + "," +
                  TokenEntry("admin", "a-token") +
                  R"(, {"name": "mesh", "scopes": ["read"], "certificate": "uri:spiffe://web"}]})");
    return path;
  }

  // The code of the answer; 0 if the call may go on.
  int CodeOf(std::string_view path, std::optional<std::string_view> header) const {
    const auto refusal = authorizer_.Refusal(path, {header, {}});
    return refusal ? static_cast<int>(refusal->code()) : 0;
  }

  ScratchDirectory scratch_;
  std::string path_ = scratch_ / "clients.json";
  Authorizer authorizer_{Write(path_)};
};

TEST_F(AuthorizerTest, EveryScopeOpensItsMethodsAndNoOther) {
  constexpr int kOpen = 0;
  constexpr int kDenied = static_cast<int>(Code::kPermissionDenied);
  struct Row {
    const char* path;
    int read, write, admin;
  };
  for (const Row& row :
       {Row{kRecommend, kOpen, kDenied, kDenied}, Row{"/shortlist.v1.Retrieval/SimilarUsers", kOpen, kDenied, kDenied},
        Row{"/shortlist.v1.Events/Record", kDenied, kOpen, kDenied},
        Row{"/shortlist.v1.Events/SetConsent", kDenied, kOpen, kDenied},
        Row{"/shortlist.v1.Events/Identify", kDenied, kOpen, kDenied},
        Row{"/shortlist.v1.Events/Erase", kDenied, kDenied, kOpen},
        Row{"/shortlist.v1.Events/Export", kDenied, kDenied, kOpen},
        Row{"/shortlist.v1.Catalog/UpsertItems", kDenied, kOpen, kDenied},
        Row{"/shortlist.v1.Admin/Rollback", kDenied, kDenied, kOpen},
        Row{"/another.Service/Method", kDenied, kDenied, kOpen}, Row{"", kDenied, kDenied, kOpen},
        Row{"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", kOpen, kDenied, kDenied},
        Row{"/grpc.health.v1.Health/Check", kOpen, kOpen, kOpen}}) {
    EXPECT_EQ(CodeOf(row.path, "Bearer r-token"), row.read) << row.path;
    EXPECT_EQ(CodeOf(row.path, "Bearer w-token"), row.write) << row.path;
    EXPECT_EQ(CodeOf(row.path, "bearer a-token"), row.admin) << row.path;
  }
}

TEST_F(AuthorizerTest, WhoIsNotKnownIsToldWhatToSend) {
  for (const auto& [header, hint] : std::vector<std::pair<std::optional<std::string_view>, std::string>>{
           {std::nullopt, "send the header 'authorization: Bearer <token>'"},
           {"", "not of the form 'Bearer <token>'"},
           {"Bearer ", "not of the form 'Bearer <token>'"},
           {"Basic r-token", "not of the form 'Bearer <token>'"},
           {"Bearer r-token2", "is not one of this server's"}}) {
    const auto refusal = authorizer_.Refusal(kRecommend, {header, {}});
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->code(), Code::kUnauthenticated);
    EXPECT_THAT(refusal->what(), HasSubstr(hint));
    EXPECT_THAT(refusal->what(), Not(HasSubstr("r-token")));
  }
}

TEST_F(AuthorizerTest, TheHealthServiceAnswersEverybody) {
  EXPECT_EQ(CodeOf("/grpc.health.v1.Health/Watch", std::nullopt), 0);
  EXPECT_EQ(CodeOf("/grpc.health.v1.HealthExtra/Watch", std::nullopt), static_cast<int>(Code::kUnauthenticated));
}

TEST_F(AuthorizerTest, KnowsCertificatesByTheirNames) {
  EXPECT_FALSE(authorizer_.Refusal(kRecommend, {std::nullopt, {"uri:spiffe://web"}}).has_value());
  const auto refusal = authorizer_.Refusal(kRecommend, {std::nullopt, {"cn:stranger", "dns:stranger.example"}});
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->code(), Code::kUnauthenticated);
  EXPECT_THAT(refusal->what(), HasSubstr("none of its names (cn:stranger, dns:stranger.example)"));
}

TEST_F(AuthorizerTest, AWrongTokenIsNotSavedByACertificate) {
  EXPECT_TRUE(authorizer_.Refusal(kRecommend, {"Bearer wrong", {"uri:spiffe://web"}}).has_value());
}

TEST_F(AuthorizerTest, CountsWhomItRefuses) {
  CodeOf(kRecommend, "Bearer r-token");
  CodeOf(kRecommend, std::nullopt);
  CodeOf(kRecommend, "Bearer wrong");
  CodeOf(kRecommend, "Bearer a-token");
  EXPECT_EQ(authorizer_.unauthenticated(), 2U);
  EXPECT_EQ(authorizer_.denied(), 1U);
}

TEST_F(AuthorizerTest, NamesWhoCalls) {
  EXPECT_EQ(authorizer_.NameOf({"Bearer w-token", {}}), "write client");
  EXPECT_EQ(authorizer_.NameOf({std::nullopt, {"uri:spiffe://web"}}), "mesh");
  EXPECT_EQ(authorizer_.NameOf({"Bearer wrong", {}}), "");
}

TEST_F(AuthorizerTest, SaysWhichScopeIsMissing) {
  const auto refusal = authorizer_.Refusal("/shortlist.v1.Admin/Activate", {"Bearer r-token", {}});
  ASSERT_TRUE(refusal.has_value());
  EXPECT_STREQ(refusal->what(), "client 'read client' has no scope 'admin', which /shortlist.v1.Admin/Activate needs");
}

TEST_F(AuthorizerTest, TakesNewClientsAndKeepsTheOldWhenTheNewAreUnsound) {
  EXPECT_FALSE(authorizer_.Refresh());
  base::WriteFileAtomically(path_, "{");
  EXPECT_THROW(authorizer_.Refresh(), Error);
  EXPECT_EQ(CodeOf(kRecommend, "Bearer r-token"), 0);
  base::WriteFileAtomically(path_, R"({"clients": [)" + TokenEntry("read", "new-token") + "]}");
  EXPECT_TRUE(authorizer_.Refresh());
  EXPECT_EQ(CodeOf(kRecommend, "Bearer r-token"), static_cast<int>(Code::kUnauthenticated));
  EXPECT_EQ(CodeOf(kRecommend, "Bearer new-token"), 0);
}

}  // namespace
}  // namespace shortlist::security
