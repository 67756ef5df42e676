// The port of those who run the server.
#pragma once

#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct AdminSettings {
  std::string address = "127.0.0.1:50052";

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("address", address,
          "Host and port of the admin service; port 0 takes a free one and prints it. Empty for no admin service.");
  }
};

}  // namespace shortlist
