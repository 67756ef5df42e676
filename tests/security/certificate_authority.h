// A certificate authority of one test, run with the program `openssl`.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "shortlist/settings/serve_security.h"

namespace shortlist::security {

struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path private_key;
};

class CertificateAuthority {
 public:
  CertificateAuthority(std::filesystem::path folder, const std::string& name)
      : folder_(std::move(folder)), name_(name) {
    std::filesystem::create_directories(folder_);
    OpenSsl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=" + name + "' -keyout " +
            KeyOf(name) + " -out " + CertificateOf(name));
  }

  std::filesystem::path certificate() const { return CertificateOf(name_); }

  // `names` is a subjectAltName such as "IP:127.0.0.1,URI:spiffe://shop/web"; `days` may be negative: expired.
  CertificateFiles Issue(const std::string& common_name, const std::string& names, int days = 10) const {
    const std::string request = Path(common_name + ".request");
    const std::string extensions = Path(common_name + ".extensions");
    std::ofstream(extensions) << "subjectAltName=" << names << '\n';
    OpenSsl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=" + common_name + "' -keyout " +
            KeyOf(common_name) + " -out " + request);
    OpenSsl("x509 -req -in " + request + " -CA " + CertificateOf(name_) + " -CAkey " + KeyOf(name_) +
            " -CAcreateserial -days " + std::to_string(days) + " -extfile " + extensions + " -out " +
            CertificateOf(common_name));
    return {CertificateOf(common_name), KeyOf(common_name)};
  }

 private:
  static void OpenSsl(const std::string& arguments) {
    const std::string command = "openssl " + arguments + " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  }

  std::string Path(const std::string& file) const { return (folder_ / file).string(); }
  std::string KeyOf(const std::string& name) const { return Path(name + ".key"); }
  std::string CertificateOf(const std::string& name) const { return Path(name + ".crt"); }

  std::filesystem::path folder_;
  std::string name_;
};

inline SecuritySettings SettingsOf(const CertificateFiles& files) {
  SecuritySettings settings;
  settings.certificate = files.certificate.string();
  settings.private_key = files.private_key.string();
  settings.reload_seconds = 1;
  return settings;
}

}  // namespace shortlist::security
