// What is wrong with settings of security, told without opening a file.
#pragma once

#include <string_view>

#include "shortlist/settings/serve_security.h"

namespace shortlist::security {

// Whether an address "host:port" can be reached from this machine alone: localhost, 127.0.0.0/8, [::1].
bool IsLoopback(std::string_view address);

// Throws Error{kInvalidArgument} for settings that contradict each other.
void RequireConsistent(const SecuritySettings& settings);

// Throws Error{kInvalidArgument} if a port at this address would be open to a network without TLS and the settings do
// not ask for that, or would take tokens in the clear from one. `field` names the address in messages.
void RequireSafe(const SecuritySettings& settings, std::string_view address, std::string_view field);

}  // namespace shortlist::security
