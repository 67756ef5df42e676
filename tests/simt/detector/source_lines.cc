#include "simt/detector/source_lines.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the linker's names
extern "C" const char __executable_start;
extern "C" const char end;
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace shortlist::simt {
namespace {

// Of these headers nobody wants to know the line.
constexpr std::string_view kInlined[] = {"/simt/device/", "/simt/include/", "/vector_access.h"};

std::string WithoutFolders(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool IsInlinedHeader(const std::string& line) {
  for (const std::string_view part : kInlined) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

// The innermost of the lines that inlining has joined at `address`, apart from those of the shim.
std::string LineAt(Site address) {
  std::array<char, 128> command{};
  // The shell of popen is the child; its parent is this program.
  std::snprintf(command.data(), command.size(), "addr2line -i -e /proc/$PPID/exe 0x%x 2>/dev/null", address);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.data(), "r"), pclose);
  std::array<char, 1024> line{};
  std::string found = "?";
  while (pipe && fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    const std::string place(line.data());
    if (place.starts_with("?")) break;
    found = WithoutFolders(place.substr(0, place.find_first_of(" \n")));
    if (!IsInlinedHeader(place)) break;
  }
  return found;
}

}  // namespace

Site SourceLines::Of(const void* return_address) {
  // A return address stands behind its call, which may be the last instruction of its line.
  return static_cast<Site>(static_cast<const char*>(return_address) - &__executable_start) - 1;
}

Site SourceLines::Of(const CallSite& call) {
  const std::lock_guard lock(mutex_);
  const auto [found, added] =
      numbers_.try_emplace({call.file, call.line}, kFirstCall + static_cast<Site>(calls_.size()));
  if (added) calls_.push_back(WithoutFolders(call.file) + ":" + std::to_string(call.line));
  return found->second;
}

std::string SourceLines::Text(Site site) const {
  const std::lock_guard lock(mutex_);
  if (site >= kFirstCall) return calls_[site - kFirstCall];
  const auto [found, added] = looked_up_.try_emplace(site);
  if (added) found->second = LineAt(site);
  return found->second;
}

bool InProgram(const void* data) {
  return data >= &__executable_start && data < &end;
}

}  // namespace shortlist::simt
