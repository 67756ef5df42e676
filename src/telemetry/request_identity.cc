#include "telemetry/request_identity.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

#include "base/hexadecimal.h"

namespace shortlist::telemetry {
namespace {

using base::IsHex;
using base::kHexDigits;

constexpr std::size_t kLongestRequestId = 128;

bool IsId(std::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

bool IsLetterOrDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

// "00-<trace id>-<parent id>-<flags>"; later versions may go on after a dash.
std::optional<TraceContext> ParseTraceparent(std::string_view header) {
  constexpr std::size_t kLength = 55;
  if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace_id = header.substr(3, 32);
  const std::string_view parent_id = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!IsHex(version) || version == "ff" || !IsId(trace_id) || !IsId(parent_id) || !IsHex(flags)) return std::nullopt;
  const bool ends = header.size() == kLength;
  if (version == "00" ? !ends : !ends && header[kLength] != '-') return std::nullopt;
  return TraceContext{std::string(trace_id), std::string(parent_id), kHexDigits.find(flags[1]) % 2 == 1};
}

bool IsRequestId(std::string_view text) {
  if (text.empty() || text.size() > kLongestRequestId) return false;
  return std::ranges::all_of(
      text, [](char c) { return IsLetterOrDigit(c) || std::string_view("-_.:/+=").find(c) != std::string_view::npos; });
}

std::string MakeRequestId() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::uint64_t number = random();
  std::string id(16, '0');
  for (char& digit : id) {
    digit = kHexDigits[number & 15];
    number >>= 4;
  }
  return id;
}

}  // namespace shortlist::telemetry
