// The port of those who ask whether the server is well.
#pragma once

#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct HealthSettings {
  std::string address;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("address", address,
          "Host and port of grpc.health.v1.Health alone, in the clear and for everybody, for probes that speak neither "
          "TLS nor tokens, such as those of Kubernetes; port 0 takes a free one and prints it. Empty for none.");
  }
};

}  // namespace shortlist
