// Structured one-line logs on stderr; results go to stdout and never through here.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Accepts "debug", "info", "warning", "error"; throws Error{kInvalidArgument} otherwise.
LogLevel ParseLogLevel(std::string_view name);

// Lines below `level` are dropped. Set once by a program's main, before threads start.
void SetLogLevel(LogLevel level);

// Written before every message from now on, for example to tell the ranks of a job apart. Set as SetLogLevel is.
void SetLogPrefix(std::string_view prefix);

// Thread-safe. A line is a UTC time, the level and the message.
void Log(LogLevel level, std::string_view message);

inline void LogInfo(std::string_view message) {
  Log(LogLevel::kInfo, message);
}
inline void LogWarning(std::string_view message) {
  Log(LogLevel::kWarning, message);
}
inline void LogError(std::string_view message) {
  Log(LogLevel::kError, message);
}

}  // namespace shortlist::base
