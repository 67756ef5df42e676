// Structured one-line logs on stderr; results go to stdout and never through here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "shortlist/settings/log.h"

namespace shortlist::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Accepts "debug", "info", "warning", "error"; throws Error{kInvalidArgument} otherwise.
LogLevel ParseLogLevel(std::string_view name);

// Lines below `level` are dropped. Set once by a program's main, before threads start.
void SetLogLevel(LogLevel level);

// Set as SetLogLevel is.
void SetLogFormat(LogFormat format);

// Written before every message from now on, for example to tell the ranks of a job apart. Set as SetLogLevel is.
void SetLogPrefix(std::string_view prefix);

// A fact beside the message, for programs to find; names are words_like_this.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, double, std::int64_t> value;
};

// Thread-safe. A line is a UTC time, the level, the message and the fields, as text "name=value" or as JSON. A
// field's text cannot begin a line of its own.
void Log(LogLevel level, std::string_view message, std::span<const LogField> fields = {});
inline void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  Log(level, message, std::span<const LogField>(fields.begin(), fields.size()));
}

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
