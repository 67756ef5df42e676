#include "security/tls_material.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "security/certificate_authority.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TlsMaterialTest : public ::testing::Test {
 protected:
  std::string Problem(const SecuritySettings& settings) const {
    try {
      ReadTlsMaterial(settings, now_);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kFailedPrecondition);
      return error.what();
    }
  }

  ScratchDirectory scratch_;
  CertificateAuthority authority_{scratch_ / "ca", "ca"};
  CertificateFiles server_ = authority_.Issue("server", "IP:127.0.0.1", 10);
  std::int64_t now_ = std::time(nullptr);  // not before the certificates begin
};

TEST_F(TlsMaterialTest, ReadsWhatFitsTogether) {
  SecuritySettings settings = SettingsOf(server_);
  settings.client_authorities = authority_.certificate().string();
  const TlsMaterial material = ReadTlsMaterial(settings, now_);
  EXPECT_THAT(material.certificate, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(material.private_key, HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(material.client_authorities, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_NEAR(static_cast<double>(material.expires), static_cast<double>(now_ + 10 * 86400), 3600);
}

TEST_F(TlsMaterialTest, RefusesAnExpiredCertificate) {
  const SecuritySettings settings = SettingsOf(authority_.Issue("old", "IP:127.0.0.1", -1));
  EXPECT_THAT(Problem(settings), HasSubstr("old.crt: the certificate expired at 2"));
}

TEST_F(TlsMaterialTest, RefusesACertificateOfTheFuture) {
  now_ -= 30 * 86400;
  EXPECT_THAT(Problem(SettingsOf(server_)), HasSubstr("server.crt: the certificate is valid from 2"));
}

TEST_F(TlsMaterialTest, RefusesTheKeyOfAnotherCertificate) {
  SecuritySettings settings = SettingsOf(server_);
  settings.private_key = authority_.Issue("other", "IP:127.0.0.1").private_key.string();
  EXPECT_THAT(Problem(settings), HasSubstr("other.key: is not the key of the certificate in " + settings.certificate));
}

TEST_F(TlsMaterialTest, RefusesWhatIsNotPemAndNeverQuotesIt) {
  const std::string broken = scratch_ / "broken.pem";
  std::ofstream(broken) << "-----BEGIN PRIVATE KEY-----\nsecret\n";
  for (std::string SecuritySettings::*file :
       {&SecuritySettings::certificate, &SecuritySettings::private_key, &SecuritySettings::client_authorities}) {
    SecuritySettings settings = SettingsOf(server_);
    settings.*file = broken;
    EXPECT_THAT(Problem(settings), HasSubstr("broken.pem: holds no "));
    EXPECT_THAT(Problem(settings), Not(HasSubstr("secret")));
  }
}

TEST_F(TlsMaterialTest, NamesAFileThatIsMissing) {
  SecuritySettings settings = SettingsOf(server_);
  settings.certificate = scratch_ / "absent.crt";
  try {
    ReadTlsMaterial(settings, now_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("absent.crt"));
  }
}

}  // namespace
}  // namespace shortlist::security
