// A typed client of shortlist.v1.Admin.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client_security.h"

namespace shortlist::tools {

struct ServedVersion {
  std::string name;
  std::string state;  // "stable", "canary", "available", "incomplete", "loading" or "refused"
  std::string bundle_version;
  std::string reason;
};

struct ServedVersions {
  std::vector<ServedVersion> versions;  // newest last
  double canary_percent = 0;
  std::string warning;  // why a restart will forget what was activated; empty if it will not
};

// Thread-safe. Every call throws the server's Error, or Error{kUnavailable} if none answers at the address.
class AdminClient {
 public:
  AdminClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security = {});
  ~AdminClient();
  AdminClient(const AdminClient&) = delete;
  AdminClient& operator=(const AdminClient&) = delete;

  ServedVersions ListVersions() const;
  ServedVersions ActivateStable(const std::string& name) const;
  // 0 percent ends the canary.
  ServedVersions ActivateCanary(const std::string& name, double percent) const;
  ServedVersions Rollback() const;
  ServedVersions FollowSettings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::tools
