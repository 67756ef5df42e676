#include "features/value.h"

#include <charconv>
#include <chrono>
#include <cmath>

namespace shortlist::features {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;
constexpr double kLeastMilliseconds = 1e11;
constexpr double kMostSeconds = 1e15;

// Reads a calendar time from left to right; every member returns false when the text does not continue as asked.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : text_(text) {}

  bool Done() const { return text_.empty(); }

  bool Digits(std::size_t count, int& number) {
    if (text_.size() < count) return false;
    number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      number = number * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return true;
  }

  bool OneOf(std::string_view characters) {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    last_ = text_.front();
    text_.remove_prefix(1);
    return true;
  }

  char last() const { return last_; }

 private:
  std::string_view text_;
  char last_ = 0;
};

bool ScanDate(TimeScanner& scanner, std::int64_t& seconds) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!scanner.Digits(4, year) || !scanner.OneOf("-") || !scanner.Digits(2, month) || !scanner.OneOf("-") ||
      !scanner.Digits(2, day)) {
    return false;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  seconds = std::chrono::sys_days(date).time_since_epoch().count() * kSecondsPerDay;
  return true;
}

bool ScanClock(TimeScanner& scanner, std::int64_t& seconds) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!scanner.Digits(2, hour) || !scanner.OneOf(":") || !scanner.Digits(2, minute)) return false;
  if (scanner.OneOf(":") && !scanner.Digits(2, second)) return false;
  if (hour > 24 || minute > 59 || second > 60) return false;
  if (scanner.OneOf(".,")) {
    int digit = 0;
    if (!scanner.Digits(1, digit)) return false;
    while (scanner.Digits(1, digit)) {
    }
  }
  seconds += hour * 3600 + minute * 60 + second;
  return true;
}

bool ScanZone(TimeScanner& scanner, std::int64_t& seconds) {
  if (scanner.Done() || scanner.OneOf("Zz")) return true;
  int hours = 0;
  int minutes = 0;
  if (!scanner.OneOf("+-")) return false;
  const int sign = scanner.last() == '+' ? 1 : -1;
  if (!scanner.Digits(2, hours)) return false;
  if ((scanner.OneOf(":") || !scanner.Done()) && !scanner.Digits(2, minutes)) return false;
  seconds -= sign * (hours * 3600 + minutes * 60);
  return true;
}

std::optional<std::int64_t> ParseCalendarTime(std::string_view text) {
  TimeScanner scanner(text);
  std::int64_t seconds = 0;
  if (!ScanDate(scanner, seconds)) return std::nullopt;
  if (scanner.Done()) return seconds;
  if (!scanner.OneOf("T t") || !ScanClock(scanner, seconds) || !ScanZone(scanner, seconds) || !scanner.Done()) {
    return std::nullopt;
  }
  return seconds;
}

std::optional<std::int64_t> TimeFromNumber(double number) {
  const double seconds = std::floor(std::abs(number) >= kLeastMilliseconds ? number / 1000 : number);
  if (std::abs(seconds) > kMostSeconds) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

std::string ShortestText(double number) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
  return std::string(buffer, result.ptr);
}

}  // namespace

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::optional<double> ParseNumber(std::string_view text) {
  text = Trim(text);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> ParseTime(std::string_view text) {
  text = Trim(text);
  if (const auto seconds = ParseCalendarTime(text)) return seconds;
  const auto number = ParseNumber(text);
  return number ? TimeFromNumber(*number) : std::nullopt;
}

std::optional<double> NumberOf(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    return std::isfinite(*number) ? std::optional(*number) : std::nullopt;
  }
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? ParseNumber(*text) : std::nullopt;
}

std::optional<std::int64_t> TimeOf(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    return std::isfinite(*number) ? TimeFromNumber(*number) : std::nullopt;
  }
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? ParseTime(*text) : std::nullopt;
}

std::vector<std::string> TextsOf(const Value& value) {
  std::vector<std::string> texts;
  if (const auto* number = std::get_if<double>(&value)) texts.push_back(ShortestText(*number));
  if (const auto* text = std::get_if<std::string>(&value)) texts.push_back(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) texts = *list;
  std::erase_if(texts, [](const std::string& text) { return text.empty(); });
  return texts;
}

}  // namespace shortlist::features
