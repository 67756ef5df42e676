#include "profile/live_profiles.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/clock.h"
#include "base/encryption.h"
#include "base/file.h"
#include "base/log.h"
#include "profile/erasure_receipt.h"
#include "profile/event_folder.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecondsPerHour = 3600;
constexpr std::int64_t kSecondsPerDay = 24 * kSecondsPerHour;
// How far the clocks of those who send events may be ahead.
constexpr std::int64_t kMostAhead = 300;
// Entries of the log that profiles take in one turn, and how often a turn is tried that others overtake.
constexpr std::size_t kMostAtOnce = 1000;
constexpr int kMostAttempts = 1000;

std::int64_t HorizonSeconds(const LiveEventSettings& settings) {
  return settings.horizon_hours * kSecondsPerHour;
}

StoreMemory MemoryOf(const LiveEventSettings& settings) {
  return {HorizonSeconds(settings) + kMostAhead, settings.erasure_days * kSecondsPerDay};
}

// Whose profiles entries change.
std::vector<std::string> ShoppersOf(std::span<const Entry* const> entries) {
  std::set<std::string, std::less<>> shoppers;
  for (const Entry* entry : entries) {
    shoppers.emplace(ShopperOf(*entry));
    if (const auto* found = std::get_if<Identification>(entry)) shoppers.insert(found->visitor);
  }
  return {shoppers.begin(), shoppers.end()};
}

std::vector<std::string> EventIdsOf(std::span<const Entry* const> entries) {
  std::vector<std::string> ids;
  for (const Entry* entry : entries) {
    if (const auto* event = std::get_if<Event>(entry)) ids.push_back(event->id);
  }
  return ids;
}

std::vector<const Entry*> EntriesOf(std::span<const LoggedEntry> logged) {
  std::vector<const Entry*> entries;
  for (const LoggedEntry& each : logged) entries.push_back(&each.entry);
  return entries;
}

bool IsErasure(const Entry& entry) {
  return std::holds_alternative<Erasure>(entry);
}

bool IsOfOtherServer(const LoggedEntry& logged) {
  return OriginOf(logged.entry) != nullptr;
}

void SetOrigin(Entry& entry, const Origin& origin) {
  if (auto* erasure = std::get_if<Erasure>(&entry)) erasure->origin = origin;
  if (auto* found = std::get_if<Identification>(&entry)) found->origin = origin;
}

}  // namespace

LiveProfiles::LiveProfiles(const LiveEventSettings& settings, EventFiles files, DecisionLog* decisions)
    : settings_(settings),
      rules_{static_cast<std::size_t>(settings.max_events), settings.consent},
      retention_(settings.retention_days),
      ids_(OpenIds(settings)),
      store_(OpenStore(settings, ids_, MemoryOf(settings))),
      log_(settings.directory, ids_.LogSecret(), store_->applied() + 1),
      lake_(fs::path(settings.directory) / "lake", std::move(files)),
      decisions_(decisions),
      heard_(fs::path(settings.directory) / "heard"),
      gathering_([this](std::span<Job* const> jobs) { RecordTogether(jobs); }) {
  CatchUp();
  RecallHeard();
  TakeNews(base::UnixSeconds());
  DestroyKeysOfErased();  // also of erasures that a kill cut off
}

void LiveProfiles::RecallHeard() {
  if (!store_->shared()) return;
  const std::int64_t now = base::UnixSeconds();
  const std::int64_t away = heard_.is_new() ? 0 : now - heard_.saved_at();
  if (heard_.is_new() && log_.last_sequence() == 0) {  // a folder that has nothing of anybody
    const News past = HearOthers();
    for (const Entry& entry : past.entries) heard_.Add(*OriginOf(entry));
    heard_.MoveTo(past.place);
    return heard_.Save(now);
  }
  log_.Replay(1, [&](const LoggedEntry& logged) {
    if (const Origin* origin = OriginOf(logged.entry)) heard_.Add(*origin);
  });
  if (away <= MemoryOf(settings_).erasure_seconds) return;
  base::LogError("'" + settings_.directory +
                 "' was not served for more than serve.events.erasure_days: erasures that other servers were told of "
                 "before that are forgotten; erase those shoppers again");
}

std::optional<Entry> LiveProfiles::EntryOf(const Announcement& announcement) const {
  const std::string place = std::to_string(announcement.origin.sequence);
  if (const auto bytes = base::Decrypt(announcement.sealed, ids_.AnnouncementKey(), place)) {
    Entry entry = EntryFrom(*bytes);
    SetOrigin(entry, announcement.origin);
    if (OriginOf(entry) != nullptr) return entry;
  }
  base::LogError("what server " + announcement.origin.server + " announced by entry " + place +
                 " of its log cannot be opened; if it is an erasure, ask for that again");
  return std::nullopt;
}

LiveProfiles::News LiveProfiles::HearOthers() const {
  News news{{}, heard_.place()};
  if (!store_->shared()) return news;
  for (;;) {
    const Announcements read = store_->AnnouncedAfter(news.place);
    if (read.place == news.place) return news;
    for (const Announcement& announcement : read.of_others) {
      if (heard_.Has(announcement.origin)) continue;
      if (auto entry = EntryOf(announcement)) news.entries.push_back(*std::move(entry));
    }
    news.place = read.place;
  }
}

void LiveProfiles::TakeNews(std::int64_t now) {
  const News news = HearOthers();
  const std::uint64_t follows = log_.last_sequence();
  if (!news.entries.empty()) {
    Write(news.entries, now, {.follows = follows, .applied = follows + news.entries.size()});
  }
  heard_.MoveTo(news.place);
}

void LiveProfiles::SaveHeard() {
  if (store_->shared()) heard_.Save(base::UnixSeconds());
}

void LiveProfiles::Announce(const Entry& entry, std::uint64_t sequence, StoreChanges& changes) const {
  if (!store_->shared()) return;
  changes.announced.emplace_back(sequence,
                                 base::Encrypt(ToBytes(entry), ids_.AnnouncementKey(), std::to_string(sequence)));
}

Profile& LiveProfiles::ProfileIn(StoreChanges& changes, std::string_view shopper) const {
  const auto known = changes.profiles.find(shopper);
  if (known != changes.profiles.end()) return known->second.profile;
  const std::string name(shopper);
  return changes.profiles.emplace(name, std::move(store_->Read({&name, 1}).front())).first->second.profile;
}

LiveProfiles::Readings LiveProfiles::Read(std::span<const Entry* const> entries, std::uint64_t follows) const {
  Readings readings;
  readings.changes.follows = readings.changes.applied = follows;
  std::vector<std::string> shoppers = ShoppersOf(entries);
  std::vector<StoredProfile> profiles = store_->Read(shoppers);
  for (std::size_t i = 0; i < shoppers.size(); ++i) {
    readings.changes.profiles.emplace(std::move(shoppers[i]), std::move(profiles[i]));
  }
  const std::vector<std::string> ids = EventIdsOf(entries);
  const std::vector<Recorder> recorders = store_->RecordersOf(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (recorders[i] != Recorder::kNobody) readings.event_ids.insert(ids[i]);
  }
  return readings;
}

std::string LiveProfiles::Identified(const std::string& shopper, StoreChanges& changes) const {
  const std::string& known_as = ProfileIn(changes, shopper).known_as;
  return known_as.empty() ? shopper : known_as;
}

// The consent that comes with it is in the lake of this server.
void LiveProfiles::TakeIdentification(const Identification& found, std::uint64_t sequence,
                                      StoreChanges& changes) const {
  Profile& visitor = ProfileIn(changes, found.visitor);
  for (const std::string& other : visitor.visitors) ProfileIn(changes, other).known_as = found.user;
  Apply(found, rules_, visitor, ProfileIn(changes, found.user));
  Announce(Identification{found.user, found.visitor, std::nullopt}, sequence, changes);
}

void LiveProfiles::TakeErasure(const Erasure& erasure, std::uint64_t sequence, std::int64_t received,
                               StoreChanges& changes) const {
  const std::vector<std::string>& visitors = ProfileIn(changes, erasure.user).visitors;
  std::set<std::string> names(visitors.begin(), visitors.end());
  names.insert(erasure.visitors.begin(), erasure.visitors.end());
  names.insert(erasure.user);
  for (const std::string& name : names) {
    ProfileIn(changes, name) = {};
    changes.erased.emplace_back(ids_.OfErased(name), received);
  }
  names.erase(erasure.user);
  Announce(Erasure{erasure.user, {names.begin(), names.end()}}, sequence, changes);
}

void LiveProfiles::Take(const Entry& entry, std::uint64_t sequence, std::int64_t received,
                        StoreChanges& changes) const {
  changes.applied = sequence;
  if (const auto* found = std::get_if<Identification>(&entry)) return TakeIdentification(*found, sequence, changes);
  if (const auto* erasure = std::get_if<Erasure>(&entry)) return TakeErasure(*erasure, sequence, received, changes);
  if (const auto* event = std::get_if<Event>(&entry)) changes.event_ids.emplace_back(event->id, received);
  Apply(entry, sequence, rules_, ProfileIn(changes, ShopperOf(entry)));
}

// Of an entry that is in the log, what other servers did before profiles have it: an event counts where it was
// committed first, whoever turned out to be another is that one, and what was erased stays so.
bool LiveProfiles::StillCounts(LoggedEntry& logged, const Readings& readings, StoreChanges& changes) const {
  if (auto* found = std::get_if<Identification>(&logged.entry)) {
    return JudgeIdentification(*found, changes) == Recorded::kDone;
  }
  const auto* event = std::get_if<Event>(&logged.entry);
  if (event != nullptr && readings.event_ids.contains(event->id)) return false;
  std::visit([&](auto& known) { known.user = Identified(known.user, changes); }, logged.entry);
  return std::holds_alternative<Erasure>(logged.entry) || !store_->shared() || !WasErasedSince(logged);
}

bool LiveProfiles::WasErasedSince(const LoggedEntry& logged) const {
  const auto erased = store_->ErasedAt(ids_.OfErased(ShopperOf(logged.entry)));
  return erased && *erased >= logged.received;
}

StoreChanges LiveProfiles::Fold(std::span<const LoggedEntry> chunk, std::uint64_t follows) const {
  std::vector<LoggedEntry> own;  // what others were told is in the store
  std::ranges::copy_if(chunk, std::back_inserter(own), std::not_fn(IsOfOtherServer));
  Readings readings = Read(EntriesOf(own), follows);
  for (LoggedEntry& logged : own) {
    if (StillCounts(logged, readings, readings.changes)) {
      Take(logged.entry, logged.sequence, logged.received, readings.changes);
    }
  }
  readings.changes.applied = chunk.back().sequence;
  return std::move(readings.changes);
}

// Whoever is overtaken goes on in smaller steps, so that a server with few entries cannot keep one with many from
// coming to an end.
void LiveProfiles::ApplyLogged(std::span<const LoggedEntry> chunk, std::uint64_t follows) {
  Committed outcome = Committed::kOvertaken;
  for (int attempt = 0; attempt < kMostAttempts && outcome == Committed::kOvertaken; ++attempt) {
    if (attempt > 0 && chunk.size() > 1) {
      const std::size_t half = chunk.size() / 2;
      ApplyLogged(chunk.first(half), follows);
      return ApplyLogged(chunk.subspan(half), chunk[half - 1].sequence);
    }
    outcome = store_->Commit(Fold(chunk, follows));
  }
  if (outcome == Committed::kDone) return;
  throw Error(Code::kUnavailable, "the profiles of shoppers change too fast or lost what they had; try again");
}

void LiveProfiles::CatchUp() {
  const std::uint64_t applied = store_->applied();
  if (applied > log_.last_sequence()) {
    throw Error(Code::kDataLoss,
                "'" + settings_.directory + "/log' ends before the profiles of shoppers do; restore it");
  }
  behind_ = applied != log_.last_sequence();
  if (!behind_) {
    committed_ = applied;
    return;
  }
  if (applied < committed_ || committed_ == 0) heard_.MoveTo(0);  // a store that lost something gives places anew
  if (log_.first_sequence() > applied + 1) {
    base::LogError("profiles of shoppers begin with event " + std::to_string(log_.first_sequence()) +
                   " of the log; those before are in the lake alone");
  }
  std::uint64_t follows = applied;
  std::vector<LoggedEntry> chunk;
  const auto apply = [&] {
    if (chunk.empty()) return;
    ApplyLogged(chunk, follows);
    follows = chunk.back().sequence;
    chunk.clear();
  };
  log_.Replay(applied + 1, [&](const LoggedEntry& logged) {
    chunk.push_back(logged);
    if (chunk.size() == kMostAtOnce) apply();
  });
  apply();
  if (follows < log_.last_sequence()) store_->Commit({.follows = follows, .applied = log_.last_sequence()});
  committed_ = log_.last_sequence();
  behind_ = false;
  base::LogInfo(std::to_string(log_.last_sequence() - applied) + " events of the log were applied to profiles");
}

void LiveProfiles::GiveNames(std::span<Entry> entries) const {
  for (Entry& entry : entries) {
    std::visit([&](auto& known) { known.user = ids_.OfShopper(known.user); }, entry);
    if (auto* event = std::get_if<Event>(&entry)) event->id = ids_.OfEvent(event->id);
    if (auto* found = std::get_if<Identification>(&entry)) found->visitor = ids_.OfShopper(found->visitor);
  }
}

std::vector<Recorded> LiveProfiles::Record(std::vector<Entry> entries, std::int64_t now) {
  GiveNames(entries);
  Job job{std::move(entries), now, {}, nullptr};
  gathering_.Run(job);
  if (job.failure) std::rethrow_exception(job.failure);
  if (std::ranges::any_of(job.entries, IsErasure)) DestroyKeysOfErased();
  return std::move(job.outcomes);
}

void LiveProfiles::RecordTogether(std::span<Job* const> jobs) {
  const std::lock_guard lock(writing_);
  try {
    if (behind_) CatchUp();
    RecordGroup(jobs);
  } catch (...) {
    for (Job* job : jobs) job->failure = std::current_exception();
  }
}

void LiveProfiles::RecordGroup(std::span<Job* const> jobs) {
  const std::int64_t now = std::ranges::max(jobs, {}, &Job::now)->now;
  std::vector<const Entry*> given;
  for (const Job* job : jobs) {
    for (const Entry& entry : job->entries) given.push_back(&entry);
  }
  // First, so that what was erased on another server before is so in the log, too, and has other keys than what comes.
  News news = HearOthers();
  Readings readings = Read(given, log_.last_sequence());
  std::vector<Entry> entries = std::move(news.entries);
  readings.changes.applied += entries.size();
  for (Job* job : jobs) {
    for (Entry& entry : job->entries) {
      const Recorded outcome = Judge(entry, now, readings.event_ids, readings.changes);
      job->outcomes.push_back(outcome);
      if (outcome != Recorded::kDone) continue;
      Take(entry, log_.last_sequence() + entries.size() + 1, now, readings.changes);
      if (const auto* event = std::get_if<Event>(&entry)) readings.event_ids.insert(event->id);
      entries.push_back(entry);
    }
  }
  if (!entries.empty() && !segment_since_) segment_since_ = now;
  if (!entries.empty()) Write(entries, now, readings.changes);
  heard_.MoveTo(news.place);
}

void LiveProfiles::Write(std::span<const Entry> entries, std::int64_t now, const StoreChanges& changes) {
  log_.Append(entries, now);
  for (const Entry& entry : entries) {
    if (const Origin* origin = OriginOf(entry)) heard_.Add(*origin);
  }
  behind_ = true;
  if (store_->Commit(changes) != Committed::kDone) ApplyAnew(entries, now, changes.follows);
  committed_ = log_.last_sequence();
  behind_ = false;
}

void LiveProfiles::ApplyAnew(std::span<const Entry> entries, std::int64_t now, std::uint64_t follows) {
  if (store_->applied() != follows) return CatchUp();
  std::vector<LoggedEntry> logged;
  for (const Entry& entry : entries) logged.push_back({follows + logged.size() + 1, now, entry});
  ApplyLogged(logged, follows);
}

Recorded LiveProfiles::Judge(Entry& entry, std::int64_t now, const std::unordered_set<std::string>& ids,
                             StoreChanges& changes) const {
  if (auto* event = std::get_if<Event>(&entry)) return JudgeEvent(*event, now, ids, changes);
  if (auto* change = std::get_if<ConsentChange>(&entry)) return JudgeConsent(*change, now, changes);
  if (auto* found = std::get_if<Identification>(&entry)) return JudgeIdentification(*found, changes);
  Erasure& erasure = std::get<Erasure>(entry);
  erasure.user = Identified(erasure.user, changes);
  erasure.visitors = ProfileIn(changes, erasure.user).visitors;
  return Recorded::kDone;
}

Recorded LiveProfiles::JudgeConsent(ConsentChange& change, std::int64_t now, StoreChanges& changes) const {
  if (change.consent.time == 0) change.consent.time = now;
  if (change.consent.time > now + kMostAhead) return Recorded::kInFuture;
  change.user = Identified(change.user, changes);
  const auto& holds = ProfileIn(changes, change.user).consent;
  return holds && change.consent.time < holds->time ? Recorded::kOutdated : Recorded::kDone;
}

Recorded LiveProfiles::JudgeIdentification(Identification& found, StoreChanges& changes) const {
  found.user = Identified(found.user, changes);
  if (Identified(found.visitor, changes) == found.user) return Recorded::kDuplicate;
  const Profile& visitor = ProfileIn(changes, found.visitor);
  if (!visitor.known_as.empty()) return Recorded::kTaken;
  found.consent.reset();
  if (!ProfileIn(changes, found.user).consent) found.consent = visitor.consent;
  return Recorded::kDone;
}

Recorded LiveProfiles::JudgeEvent(Event& event, std::int64_t now, const std::unordered_set<std::string>& ids,
                                  StoreChanges& changes) const {
  if (event.time == 0) event.time = now;
  if (event.time > now + kMostAhead) return Recorded::kInFuture;
  event.time = std::min(event.time, now);
  if (ids.contains(event.id)) return Recorded::kDuplicate;
  const bool is_over = retention_.IsOver(event.kind, event.time, now);
  if (is_over || event.time < now - HorizonSeconds(settings_)) return Recorded::kTooOld;
  event.user = Identified(event.user, changes);
  const Profile& profile = ProfileIn(changes, event.user);
  if (profile.consent) event.purposes = profile.consent->purposes;
  for (const Purpose purpose : {Purpose::kPersonalization, Purpose::kTraining, Purpose::kAnalytics}) {
    if (profile::Allows(rules_, profile, purpose)) return Recorded::kDone;
  }
  return Recorded::kDenied;
}

std::optional<std::string> LiveProfiles::KnownAs(std::string_view visitor) const {
  std::optional<Profile> profile = store_->Find(ids_.OfShopper(visitor));
  if (!profile || profile->known_as.empty()) return std::nullopt;
  return std::move(profile->known_as);
}

std::optional<Profile> LiveProfiles::Find(std::string_view shopper) const {
  std::optional<Profile> profile = store_->Find(ids_.OfShopper(shopper));
  return !profile || profile->known_as.empty() ? profile : store_->Find(profile->known_as);
}

KnownShopper LiveProfiles::Know(std::string_view shopper) const {
  KnownShopper known{ids_.OfShopper(shopper)};
  known.profile = store_->Find(known.name);
  known.identified = known.profile && !known.profile->known_as.empty();
  if (known.identified) {
    known.name = known.profile->known_as;
    known.profile = store_->Find(known.name);
  }
  known.erased = store_->ErasedAt(ids_.OfErased(known.name)).has_value();
  return known;
}

bool LiveProfiles::Allows(const std::optional<Profile>& profile, Purpose purpose) const {
  return profile::Allows(rules_, profile.value_or(Profile()), purpose);
}

bool LiveProfiles::WasErasedAfter(const Decision& decision) const {
  const auto erased = store_->ErasedAt(ids_.OfErased(decision.user));
  return erased && *erased >= decision.time;
}

bool LiveProfiles::MayKeep(const Decision& decision) const {
  if (decision.user.empty()) return Allows(std::nullopt, Purpose::kTraining);
  return !WasErasedAfter(decision) && Allows(Find(decision.user), Purpose::kTraining);
}

bool LiveProfiles::Admit(Decision& decision) const {
  if (!MayKeep(decision)) return false;
  if (decision.user.empty()) return true;
  if (auto known_as = KnownAs(decision.user)) decision.user = *std::move(known_as);
  return true;
}

std::vector<Decision> LiveProfiles::DecisionsOf(const std::string& name, const Profile& profile) const {
  if (decisions_ == nullptr) return {};
  std::set<std::string> names(profile.visitors.begin(), profile.visitors.end());
  names.insert(name);
  return decisions_->Read(names);
}

std::string LiveProfiles::Erase(std::string_view shopper, std::int64_t now) {
  const std::string name = KnownAs(shopper).value_or(NameOf(shopper));
  const Profile held = Find(name).value_or(Profile());
  std::vector<Decision> decisions = DecisionsOf(name, held);
  std::erase_if(decisions, [&](const Decision& decision) { return WasErasedAfter(decision); });
  Record({Erasure{std::string(shopper)}}, now);
  ErasureReceipt receipt{.erased_at = now,
                         .decisions = decisions.size(),
                         .had_consent = held.consent.has_value(),
                         .keys_destroyed = log_.all_sealed()};
  for (const Activity& activity : held.activity) receipt.events += activity.events;
  receipt.files_by = now + settings_.rotate_seconds + kSecondsPerDay;
  if (store_->shared()) receipt.other_servers_by = receipt.files_by;
  receipt.models_by = now + settings_.erasure_days * kSecondsPerDay;
  return SignedReceipt(receipt, shopper, ids_.ReceiptKey());
}

// What profiles know of the entries is on disk before nobody can read these any more: events that are sent again are
// told by it.
void LiveProfiles::DestroyKeysOfErased() {
  const std::lock_guard destroying(destroying_);
  const std::vector<RetiredKey> keys = RetiredKeys();
  if (keys.empty()) return;
  store_->Sync();
  const std::lock_guard lock(writing_);
  SaveHeard();  // an identification may be sealed with one of them
  log_.DestroyKeys(keys);
}

std::vector<RetiredKey> LiveProfiles::RetiredKeys() {
  const std::lock_guard lock(writing_);
  CatchUp();
  return log_.retired_keys();
}

bool LiveProfiles::WasErased(std::string_view shopper) const {
  return store_->ErasedAt(ids_.OfErased(ids_.OfShopper(shopper))).has_value();
}

ShopperData LiveProfiles::Export(std::string_view shopper) {
  const std::lock_guard lock(moving_);
  CloseSegment();
  MoveClosedSegments();
  const std::string name = KnownAs(shopper).value_or(NameOf(shopper));
  ShopperData data{name, store_->Find(name), lake_.Read(name)};
  data.decisions = DecisionsOf(name, data.profile.value_or(Profile()));
  return data;
}

void LiveProfiles::Rotate(std::int64_t now) {
  const std::lock_guard lock(moving_);
  CloseSegmentIfDue(now);
  MoveClosedSegments();
}

void LiveProfiles::EnforceRetention(std::int64_t now) {
  if (!retention_.has_limits() || now < removed_at_ + kSecondsPerDay) return;
  const std::lock_guard lock(moving_);
  CloseSegment();
  MoveClosedSegments();
  removed_rows_ += lake_.Remove(retention_, now);
  RemoveFromProfiles(now);
  removed_at_ = now;
}

void LiveProfiles::RemoveFromProfiles(std::int64_t now) {
  constexpr std::size_t kAtOnce = 1000;  // for which events wait
  store_->ForEachShopper(
      kAtOnce, [&](std::span<const std::string> shoppers) { removed_events_ += RemoveFromProfiles(shoppers, now); });
  store_->Scrub();  // also of what was taken out before a kill, or for other events to take its place
}

std::size_t LiveProfiles::RemoveFromProfiles(std::span<const std::string> shoppers, std::int64_t now) {
  const std::lock_guard lock(writing_);
  for (;;) {
    CatchUp();
    StoreChanges changes;
    changes.follows = changes.applied = store_->applied();
    std::size_t removed = 0;
    std::vector<StoredProfile> read = store_->Read(shoppers);
    for (std::size_t i = 0; i < shoppers.size(); ++i) {
      const Profile before = read[i].profile;
      removed += retention_.Remove(read[i].profile, now);
      if (read[i].profile != before) changes.profiles.emplace(shoppers[i], std::move(read[i]));
    }
    if (changes.profiles.empty() || store_->Commit(changes) == Committed::kDone) return removed;
  }
}

void LiveProfiles::MoveClosedSegments() {
  DestroyKeysOfErased();  // of what other servers erased, and if that failed before
  for (const ClosedSegment& segment : log_.ClosedSegments()) MoveToLake(segment);
}

void LiveProfiles::CloseSegment() {
  const std::lock_guard lock(writing_);
  CatchUp();
  TakeNews(base::UnixSeconds());
  log_.CloseSegment();
  segment_since_.reset();
}

void LiveProfiles::CloseSegmentIfDue(std::int64_t now) {
  const std::lock_guard lock(writing_);
  CatchUp();
  TakeNews(now);
  SaveHeard();
  if (log_.segment_is_empty()) return;
  if (!segment_since_) segment_since_ = now;
  const bool full = log_.segment_bytes() >= static_cast<std::uint64_t>(settings_.segment_mib) << 20;
  if (!full && now - *segment_since_ < settings_.rotate_seconds) return;
  log_.CloseSegment();
  segment_since_.reset();
}

bool LiveProfiles::MayTrain(const Entry& entry) const {
  const auto* event = std::get_if<Event>(&entry);
  if (rules_.consent == ConsentRule::kIgnored || event == nullptr) return true;
  return Includes(event->purposes, Purpose::kTraining) && Allows(Find(event->user), Purpose::kTraining);
}

// What was done before a shopper was identified is for training as far as the shopper agrees, too.
std::vector<RowOwners> LiveProfiles::OwnersInLake(std::span<const LoggedEntry> entries) const {
  std::vector<RowOwners> stages = OwnersOfOlderRows(entries);
  for (RowOwners& owners : stages) {
    for (auto& [name, owner] : owners) {
      if (owner && !Allows(Find(*owner), Purpose::kTraining)) owner.reset();
    }
  }
  return stages;
}

void LiveProfiles::LeaveToOthers(std::vector<LoggedEntry>& entries) const {
  if (!store_->shared()) return;
  std::unordered_set<std::string> elsewhere;
  const std::vector<std::string> ids = EventIdsOf(EntriesOf(entries));
  const std::vector<Recorder> recorders = store_->RecordersOf(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (recorders[i] == Recorder::kOtherServer) elsewhere.insert(ids[i]);
  }
  std::erase_if(entries, [&](const LoggedEntry& logged) {
    const auto* event = std::get_if<Event>(&logged.entry);
    return (event != nullptr && elsewhere.contains(event->id)) || WasErasedSince(logged);
  });
}

// Profiles have all of a closed segment; once that is on disk, the segment is needed no more. It goes last, so that
// what a kill leaves undone of its erasures and identifications is done at the next turn.
void LiveProfiles::MoveToLake(const ClosedSegment& segment) {
  std::vector<LoggedEntry> entries;
  log_.ReadSegment(segment, [&](const LoggedEntry& logged) { entries.push_back(logged); });
  const bool has_erasure = std::ranges::any_of(entries, IsErasure, &LoggedEntry::entry);
  lake_.GiveRows(segment.first, OwnersInLake(entries), [this](const RowOwners& owners) {
    if (decisions_ != nullptr) decisions_->GiveRows(owners);
  });
  GiveToOwners(entries);
  LeaveToOthers(entries);
  std::erase_if(entries, [&](const LoggedEntry& logged) { return !MayTrain(logged.entry); });
  lake_.Write(segment.first, entries);
  if (has_erasure) {
    store_->Scrub();
  } else {
    store_->Sync();
  }
  RemoveFromLog(segment);
}

void LiveProfiles::RemoveFromLog(const ClosedSegment& segment) {
  {
    const std::lock_guard lock(writing_);
    SaveHeard();
  }
  log_.Remove(segment);
}

}  // namespace shortlist::profile
