#include "security/published_tls.h"

#include <ctime>
#include <utility>

namespace shortlist::security {

PublishedTls::PublishedTls(const SecuritySettings& settings)
    : PublishedTls(settings, ReadTlsMaterial(settings, std::time(nullptr))) {}

PublishedTls::PublishedTls(const SecuritySettings& settings, TlsMaterial material)
    : settings_(settings),
      material_(std::move(material)),
      certificate_(material_.certificate),
      private_key_(material_.private_key),
      client_authorities_(material_.client_authorities),
      expires_(material_.expires) {}

bool PublishedTls::Refresh() {
  TlsMaterial found = ReadTlsMaterial(settings_, std::time(nullptr));
  if (found == material_) return false;
  certificate_.Replace(found.certificate);
  private_key_.Replace(found.private_key);
  client_authorities_.Replace(found.client_authorities);
  expires_ = found.expires;
  material_ = std::move(found);
  return true;
}

}  // namespace shortlist::security
