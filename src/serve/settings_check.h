// What is wrong with settings of a server, told without opening a file or a port.
#pragma once

#include <string>

#include "shortlist/settings/serve.h"

namespace shortlist::serve {

// Throws Error{kInvalidArgument}, naming the setting, for an address that is not host:port.
void RequireHostAndPort(const std::string& address, const std::string& setting);

// Throws Error{kInvalidArgument} for decisions without a folder to keep them in, for addresses that are not host:port,
// for ports that the settings of security do not allow, and where these contradict each other.
void RequireServable(const ServeSettings& settings);

}  // namespace shortlist::serve
