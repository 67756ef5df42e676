#include "features/calendar.h"

#include <nlohmann/json.hpp>

namespace shortlist::features {
namespace {

constexpr std::int64_t kSecondsPerHour = 3600;
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kWeekdayOfEpoch = 3;  // 1970-01-01 was a Thursday; Monday is 0

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t FloorRemainder(std::int64_t a, std::int64_t b) {
  return a - FloorDivide(a, b) * b;
}

}  // namespace

void HourOfDay::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const auto time = TimeOf(value);
  ids.push_back(time ? static_cast<std::int32_t>(1 + FloorRemainder(*time, kSecondsPerDay) / kSecondsPerHour) : 0);
}

void DayOfWeek::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const auto time = TimeOf(value);
  const std::int64_t day = FloorDivide(time.value_or(0), kSecondsPerDay);
  ids.push_back(time ? static_cast<std::int32_t>(1 + FloorRemainder(day + kWeekdayOfEpoch, 7)) : 0);
}

}  // namespace shortlist::features
