#include "profile/live_profiles.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

constexpr std::int64_t kSecondsPerHour = 3600;
// How far the clocks of those who send events may be ahead.
constexpr std::int64_t kMostAhead = 300;

std::int64_t HorizonSeconds(const LiveEventSettings& settings) {
  return settings.horizon_hours * kSecondsPerHour;
}

std::string_view ShopperOf(const Entry& entry) {
  return std::visit([](const auto& known) -> std::string_view { return known.user; }, entry);
}

}  // namespace

LiveProfiles::LiveProfiles(const LiveEventSettings& settings, WriteEvents write_events)
    : settings_(settings),
      rules_{static_cast<std::size_t>(settings.max_events), settings.consent},
      store_(std::filesystem::path(settings.directory) / "profiles", HorizonSeconds(settings) + kMostAhead),
      log_(std::filesystem::path(settings.directory) / "log", store_.applied() + 1),
      lake_(std::filesystem::path(settings.directory) / "lake", std::move(write_events)),
      gathering_([this](std::span<Job* const> jobs) { RecordTogether(jobs); }) {
  CatchUp();
}

Profile& LiveProfiles::ProfileIn(StoreChanges& changes, std::string_view shopper) const {
  const auto known = changes.profiles.find(shopper);
  if (known != changes.profiles.end()) return known->second;
  return changes.profiles.emplace(shopper, store_.Find(shopper).value_or(Profile())).first->second;
}

void LiveProfiles::Take(const Entry& entry, std::uint64_t sequence, std::int64_t received,
                        StoreChanges& changes) const {
  Apply(entry, sequence, rules_, ProfileIn(changes, ShopperOf(entry)));
  if (const auto* event = std::get_if<Event>(&entry)) changes.event_ids.emplace_back(event->id, received);
  changes.applied = sequence;
}

void LiveProfiles::CatchUp() {
  constexpr std::size_t kMostShoppers = 10000;
  const std::uint64_t applied = store_.applied();
  if (log_.first_sequence() > applied + 1) {
    base::LogError("profiles of shoppers begin with event " + std::to_string(log_.first_sequence()) +
                   " of the log; those before are in the lake alone");
  }
  if (applied > log_.last_sequence()) {
    throw Error(Code::kDataLoss,
                "'" + settings_.directory + "/log' ends before the profiles of shoppers do; restore it");
  }
  StoreChanges changes;
  log_.Replay(applied + 1, [&](const LoggedEntry& logged) {
    Take(logged.entry, logged.sequence, logged.received, changes);
    if (changes.profiles.size() >= kMostShoppers) store_.Commit(std::exchange(changes, {}));
  });
  if (changes.applied != 0) store_.Commit(changes);
  if (log_.last_sequence() > applied) {
    base::LogInfo(std::to_string(log_.last_sequence() - applied) + " events of the log were applied to profiles");
  }
}

std::vector<Recorded> LiveProfiles::Record(std::vector<Entry> entries, std::int64_t now) {
  Job job{std::move(entries), now, {}, nullptr};
  gathering_.Run(job);
  if (job.failure) std::rethrow_exception(job.failure);
  return std::move(job.outcomes);
}

void LiveProfiles::RequireSound() const {
  if (!behind_) return;
  throw Error(Code::kUnavailable,
              "profiles of shoppers could not be written; start the server again, which applies the log to them");
}

void LiveProfiles::RecordTogether(std::span<Job* const> jobs) {
  const std::lock_guard lock(writing_);
  try {
    RequireSound();
    RecordGroup(jobs);
  } catch (...) {
    for (Job* job : jobs) job->failure = std::current_exception();
  }
}

void LiveProfiles::RecordGroup(std::span<Job* const> jobs) {
  const std::int64_t now = std::ranges::max(jobs, {}, &Job::now)->now;
  std::vector<Entry> entries;
  StoreChanges changes;
  std::unordered_set<std::string_view> ids;
  for (Job* job : jobs) {
    for (Entry& entry : job->entries) {
      const Recorded outcome = Judge(entry, now, ids, changes);
      job->outcomes.push_back(outcome);
      if (outcome != Recorded::kDone) continue;
      Take(entry, log_.last_sequence() + entries.size() + 1, now, changes);
      if (const auto* event = std::get_if<Event>(&entry)) ids.insert(event->id);
      entries.push_back(entry);
    }
  }
  if (!entries.empty()) Write(entries, now, changes);
}

void LiveProfiles::Write(std::span<const Entry> entries, std::int64_t now, const StoreChanges& changes) {
  log_.Append(entries, now);
  if (!segment_since_) segment_since_ = now;
  behind_ = true;
  store_.Commit(changes);
  behind_ = false;
}

Recorded LiveProfiles::Judge(Entry& entry, std::int64_t now, const std::unordered_set<std::string_view>& ids,
                             StoreChanges& changes) const {
  if (auto* change = std::get_if<ConsentChange>(&entry)) {
    if (change->consent.time == 0) change->consent.time = now;
    return change->consent.time > now + kMostAhead ? Recorded::kInFuture : Recorded::kDone;
  }
  Event& event = std::get<Event>(entry);
  if (event.time == 0) event.time = now;
  if (event.time > now + kMostAhead) return Recorded::kInFuture;
  event.time = std::min(event.time, now);
  if (ids.contains(event.id) || store_.ReceivedAt(event.id)) return Recorded::kDuplicate;
  if (event.time < now - HorizonSeconds(settings_)) return Recorded::kTooOld;
  const Profile& profile = ProfileIn(changes, event.user);
  for (const Purpose purpose : {Purpose::kPersonalization, Purpose::kTraining, Purpose::kAnalytics}) {
    if (profile::Allows(rules_, profile, purpose)) return Recorded::kDone;
  }
  return Recorded::kDenied;
}

std::optional<Profile> LiveProfiles::Find(std::string_view shopper) const {
  return store_.Find(shopper);
}

bool LiveProfiles::Allows(const std::optional<Profile>& profile, Purpose purpose) const {
  return profile::Allows(rules_, profile.value_or(Profile()), purpose);
}

void LiveProfiles::Rotate(std::int64_t now) {
  CloseSegmentIfDue(now);
  for (const ClosedSegment& segment : log_.ClosedSegments()) MoveToLake(segment);
}

void LiveProfiles::CloseSegmentIfDue(std::int64_t now) {
  const std::lock_guard lock(writing_);
  RequireSound();
  if (log_.segment_is_empty()) return;
  if (!segment_since_) segment_since_ = now;
  const bool full = log_.segment_bytes() >= static_cast<std::uint64_t>(settings_.segment_mib) << 20;
  if (!full && now - *segment_since_ < settings_.rotate_seconds) return;
  log_.CloseSegment();
  segment_since_.reset();
}

bool LiveProfiles::MayTrain(const Entry& entry) const {
  if (rules_.consent == ConsentRule::kIgnored || std::holds_alternative<ConsentChange>(entry)) return true;
  return Allows(Find(ShopperOf(entry)), Purpose::kTraining);
}

// Profiles have all of a closed segment; once that is on disk, the segment is needed no more.
void LiveProfiles::MoveToLake(const ClosedSegment& segment) {
  std::vector<LoggedEntry> entries;
  EventLog::ReadSegment(segment, [&](const LoggedEntry& logged) {
    if (MayTrain(logged.entry)) entries.push_back(logged);
  });
  lake_.Write(segment.first, entries);
  store_.Sync();
  log_.Remove(segment);
}

}  // namespace shortlist::profile
