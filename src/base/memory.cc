#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <optional>
#include <string>

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kKibibyte = 1024;

std::optional<std::uint64_t> ReadNumber(const fs::path& path) {
  std::uint64_t number = 0;
  if (std::ifstream(path) >> number) return number;
  return std::nullopt;
}

// The number behind `name` in a file of lines "name number".
std::optional<std::uint64_t> ReadField(const fs::path& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    std::uint64_t number = 0;
    if (word == name && file >> number) return number;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::uint64_t LeftByContainer(const fs::path& control_group) {
  const auto limit = ReadNumber(control_group / "memory.max");
  const auto used = ReadNumber(control_group / "memory.current");
  if (!limit || !used) return std::numeric_limits<std::uint64_t>::max();
  const fs::path statistics = control_group / "memory.stat";
  const std::uint64_t cache =
      ReadField(statistics, "inactive_file").value_or(0) + ReadField(statistics, "active_file").value_or(0);
  const std::uint64_t held = *used - std::min(*used, cache);
  return *limit - std::min(*limit, held);
}

}  // namespace

std::uint64_t AvailableMemory(const MemorySources& sources) {
  const auto kibibytes = ReadField(sources.meminfo, "MemAvailable:");
  const std::uint64_t machine = kibibytes ? *kibibytes * kKibibyte : std::numeric_limits<std::uint64_t>::max();
  return std::min(machine, LeftByContainer(sources.control_group));
}

std::uint64_t OwnMemory() {
  return ReadField("/proc/self/status", "RssAnon:").value_or(0) * kKibibyte;
}

void ReturnFreedMemory() {
  malloc_trim(0);
}

}  // namespace shortlist::base
