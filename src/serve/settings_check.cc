#include "serve/settings_check.h"

#include <string_view>

#include "security/settings_check.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

// Of ports that tell whoever asks, because they know nothing of shoppers.
void RequireAddressIfAny(const std::string& address, const std::string& setting) {
  if (!address.empty()) RequireHostAndPort(address, setting);
}

void RequireSafe(const std::string& address, const std::string& setting, const SecuritySettings& security) {
  RequireHostAndPort(address, setting);
  security::RequireSafe(security, address, setting);
}

void RequireNamesOfDecisions(const ServeSettings& settings) {
  if (settings.decisions.fraction == 0 || !settings.events.directory.empty()) return;
  throw Error(
      Code::kInvalidArgument,
      "serve.decisions.fraction is above 0, but serve.events.directory names no folder; name one: decisions are "
      "kept there, with what shoppers agreed to and the names that they have on disk");
}

void RequireSafeStore(const EventStoreSettings& store) {
  if (store.kind == EventStoreKind::kRocksdb || store.address.starts_with("unix:")) return;
  RequireHostAndPort(store.address, "serve.events.store.address");
  if (store.insecure || security::IsLoopback(store.address)) return;
  throw Error(Code::kInvalidArgument,
              "serve.events.store.address '" + store.address +
                  "' is on a network, to which profiles and the password would go in the clear; reach Redis through a "
                  "tunnel that ends on 127.0.0.1, or allow it with serve.events.store.insecure where the network "
                  "encrypts by itself");
}

}  // namespace

void RequireHostAndPort(const std::string& address, const std::string& setting) {
  const std::size_t colon = address.rfind(':');
  const std::string_view port = colon == std::string::npos ? "" : std::string_view(address).substr(colon + 1);
  const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (colon != std::string::npos && colon > 0 && !port.empty() && port.size() <= 5 && digits) return;
  throw Error(Code::kInvalidArgument,
              setting + " '" + address + "' is not host:port; give for example 127.0.0.1:50051");
}

void RequireServable(const ServeSettings& settings) {
  RequireNamesOfDecisions(settings);
  RequireSafeStore(settings.events.store);
  security::RequireConsistent(settings.security);
  RequireSafe(settings.address, "serve.address", settings.security);
  if (!settings.admin.address.empty()) RequireSafe(settings.admin.address, "serve.admin.address", settings.security);
  RequireAddressIfAny(settings.health.address, "serve.health.address");
  RequireAddressIfAny(settings.metrics.address, "serve.metrics.address");
}

}  // namespace shortlist::serve
