// Command-line text to a command.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/log.h"
#include "commands.h"

namespace shortlist::tools {

struct Invocation {
  base::LogLevel log_level = base::LogLevel::kInfo;
  Command command;
};

// The end of the program right after parsing: help that was asked for, or wrong usage, already printed.
struct EarlyExit {
  int status = 0;
};

// Throws nothing for wrong arguments: it prints what is wrong to stderr, and the status is kUsageError.
inline constexpr int kUsageError = 2;
std::variant<Invocation, EarlyExit> ParseCommandLine(int argc, const char* const* argv);

}  // namespace shortlist::tools
