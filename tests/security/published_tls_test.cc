#include "security/published_tls.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "security/certificate_authority.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using std::filesystem::copy_options;

class PublishedTlsTest : public ::testing::Test {
 protected:
  void Install(const std::filesystem::path& from, const std::string& to) const {
    std::filesystem::copy_file(from, to, copy_options::overwrite_existing);
  }

  static std::string Published(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  ScratchDirectory scratch_;
  CertificateAuthority authority_{scratch_ / "ca", "ca"};
  CertificateFiles next_ = authority_.Issue("next", "IP:127.0.0.1", 20);
  SecuritySettings settings_ = SettingsOf(authority_.Issue("server", "IP:127.0.0.1", 10));
  PublishedTls tls_{settings_};
};

TEST_F(PublishedTlsTest, NothingNewIsNoRefresh) {
  EXPECT_FALSE(tls_.Refresh());
  EXPECT_EQ(Published(tls_.certificate_path()), base::ReadFile(settings_.certificate));
}

TEST_F(PublishedTlsTest, PublishesANewPairUnderTheSamePaths) {
  const std::string path = tls_.certificate_path();
  const std::int64_t expires = tls_.expires();
  Install(next_.certificate, settings_.certificate);
  Install(next_.private_key, settings_.private_key);
  EXPECT_TRUE(tls_.Refresh());
  EXPECT_EQ(tls_.certificate_path(), path);
  EXPECT_EQ(Published(path), base::ReadFile(next_.certificate));
  EXPECT_EQ(Published(tls_.private_key_path()), base::ReadFile(next_.private_key));
  EXPECT_GT(tls_.expires(), expires);
}

TEST_F(PublishedTlsTest, KeepsWhatItHasWhileOnlyHalfIsReplaced) {
  const std::string before = Published(tls_.certificate_path());
  Install(next_.certificate, settings_.certificate);
  EXPECT_THROW(tls_.Refresh(), Error);
  EXPECT_EQ(Published(tls_.certificate_path()), before);
  Install(next_.private_key, settings_.private_key);
  EXPECT_TRUE(tls_.Refresh());
}

}  // namespace
}  // namespace shortlist::security
