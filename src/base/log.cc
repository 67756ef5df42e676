#include "base/log.h"

#include <memory>
#include <string>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "shortlist/error.h"

namespace shortlist::base {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// Percent signs of the prefix are its own, not the pattern's.
std::string PatternWith(std::string_view prefix) {
  std::string pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ ";
  for (const char character : prefix) pattern.append(character == '%' ? 2 : 1, character);
  return pattern + "%v";
}

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto made = std::make_shared<spdlog::logger>("shortlist", std::move(sink));
    made->set_pattern(PatternWith(""), spdlog::pattern_time_type::utc);
    return made;
  }();
  return *logger;
}

}  // namespace

LogLevel ParseLogLevel(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  throw Error(Code::kInvalidArgument,
              "log level '" + std::string(name) + "' is unknown; use debug, info, warning or error");
}

void SetLogLevel(LogLevel level) {
  Logger().set_level(ToSpdlog(level));
}

void SetLogPrefix(std::string_view prefix) {
  Logger().set_pattern(PatternWith(prefix), spdlog::pattern_time_type::utc);
}

void Log(LogLevel level, std::string_view message) {
  Logger().log(ToSpdlog(level), fmt::string_view("{}"), fmt::string_view(message.data(), message.size()));
}

}  // namespace shortlist::base
