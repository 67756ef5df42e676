#include "profile/heard_announcements.h"

#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

constexpr const char* kHeading = "shortlist heard 1";
// After which an unchanged file is written again, so that it tells how long a server was away.
constexpr std::int64_t kSecondsUntilOld = 3600;

}  // namespace

HeardAnnouncements::HeardAnnouncements(std::filesystem::path path) : path_(std::move(path)) {
  if (std::filesystem::exists(path_)) Read();
}

void HeardAnnouncements::Read() {
  std::istringstream text(base::ReadFile(path_));
  std::string heading;
  std::getline(text, heading);
  text >> saved_at_ >> place_;
  if (heading != kHeading || !text || saved_at_ <= 0) {
    throw Error(Code::kDataLoss, "'" + path_.string() + "' is damaged; restore it from a copy");
  }
  std::string server;
  for (std::uint64_t sequence = 0; text >> server >> sequence;) heard_[server] = sequence;
}

bool HeardAnnouncements::Has(const Origin& origin) const {
  const auto known = heard_.find(origin.server);
  return known != heard_.end() && known->second >= origin.sequence;
}

void HeardAnnouncements::Add(const Origin& origin) {
  std::uint64_t& last = heard_[origin.server];
  if (last >= origin.sequence) return;
  last = origin.sequence;
  changed_ = true;
}

void HeardAnnouncements::Save(std::int64_t now) {
  if (!changed_ && now - saved_at_ < kSecondsUntilOld) return;
  std::string text = fmt::format("{}\n{} {}\n", kHeading, now, place_);
  for (const auto& [server, sequence] : heard_) text += fmt::format("{} {}\n", server, sequence);
  base::WriteFileAtomically(path_, text);
  saved_at_ = now;
  changed_ = false;
}

}  // namespace shortlist::profile
