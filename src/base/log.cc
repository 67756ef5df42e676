#include "base/log.h"

#include <chrono>
#include <memory>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
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

std::string_view LevelName(LogLevel level) {
  const auto name = spdlog::level::to_string_view(ToSpdlog(level));
  return {name.data(), name.size()};
}

// Percent signs of the prefix are its own, not the pattern's.
std::string TextPattern(std::string_view prefix) {
  std::string pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ ";
  for (const char character : prefix) pattern.append(character == '%' ? 2 : 1, character);
  return pattern + "%v";
}

struct Logger {
  Logger() { Choose(); }

  void Choose() {
    logger.set_pattern(format == LogFormat::kJson ? "%v" : TextPattern(prefix), spdlog::pattern_time_type::utc);
  }

  spdlog::logger logger{"shortlist", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
  LogFormat format = LogFormat::kText;
  std::string prefix;
};

Logger& TheLogger() {
  static Logger logger;
  return logger;
}

// Ends of lines would let a message forge others.
std::string OnOneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (const char character : text) {
    if (character == '\n') {
      line += "\\n";
    } else if (character == '\r') {
      line += "\\r";
    } else {
      line += character;
    }
  }
  return line;
}

std::string ValueText(const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) return OnOneLine(*text);
  if (const auto* number = std::get_if<double>(&field.value)) return fmt::format("{}", *number);
  return fmt::format("{}", std::get<std::int64_t>(field.value));
}

std::string TextLine(std::string_view message, std::span<const LogField> fields) {
  std::string line(message);
  for (const LogField& field : fields) line += fmt::format(" {}={}", field.name, ValueText(field));
  return line;
}

std::string TimeText() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     now.time_since_epoch().count() % 1000);
}

std::string JsonLine(LogLevel level, const std::string& prefix, std::string_view message,
                     std::span<const LogField> fields) {
  nlohmann::ordered_json line{{"time", TimeText()}, {"level", LevelName(level)}, {"message", message}};
  if (!prefix.empty()) line["source"] = prefix;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
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
  TheLogger().logger.set_level(ToSpdlog(level));
}

void SetLogFormat(LogFormat format) {
  TheLogger().format = format;
  TheLogger().Choose();
}

void SetLogPrefix(std::string_view prefix) {
  TheLogger().prefix = prefix;
  TheLogger().Choose();
}

void Log(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  Logger& to = TheLogger();
  if (!to.logger.should_log(ToSpdlog(level))) return;
  const std::string line =
      to.format == LogFormat::kJson ? JsonLine(level, to.prefix, message, fields) : TextLine(message, fields);
  to.logger.log(ToSpdlog(level), spdlog::string_view_t(line));
}

}  // namespace shortlist::base
