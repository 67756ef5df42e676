// What shoppers do while a server runs: written down first, known at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/gathering.h"
#include "profile/decision_log.h"
#include "profile/event_lake.h"
#include "profile/event_log.h"
#include "profile/heard_announcements.h"
#include "profile/keyed_ids.h"
#include "profile/profile_store.h"
#include "profile/retention.h"
#include "profile/shopper_data.h"

namespace shortlist::profile {

// What became of an entry.
enum class Recorded {
  kDone,
  kDuplicate,  // an event of this id was recorded before
  kTooOld,     // the event is older than the horizon
  kInFuture,   // the event is later than the clock, by more than clocks differ
  kDenied,     // the shopper did not agree to any use of it
  kOutdated,   // the consent is older than the one that holds, and changes nothing
  kTaken,      // the visitor turned out to be another shopper before
};

// What an answer needs of a shopper.
struct KnownShopper {
  std::string name;         // on disk; of a visitor, that of the shopper whom the visitor turned out to be
  bool identified = false;  // whether it was a visitor's
  bool erased = false;      // whether models that were trained before an erasure may be around
  std::optional<Profile> profile = {};
};

// What was removed because it was too old.
struct RemovalCounts {
  std::uint64_t rows = 0;    // of the lake
  std::uint64_t events = 0;  // of profiles
  std::int64_t at = 0;       // when that was looked for last, in Unix seconds; 0: not yet
};

// The log is the truth; profiles are a fold of it that keeps up with it. Shoppers are given by their ids, or by the
// names that these have on disk (KeyedIds); a visitor who turned out to be a shopper (Identification) is that shopper.
// Thread-safe.
class LiveProfiles {
 public:
  // Opens log, profiles and lake below settings.directory, and applies what of the log the profiles lack. Throws what
  // EventLog and ProfileStore throw, and Error{kFailedPrecondition} if the folder was written with another key. What
  // `decisions`, null for none, have of a shopper goes and is told with all else; they must outlive the object.
  LiveProfiles(const LiveEventSettings& settings, EventFiles files, DecisionLog* decisions = nullptr);

  // Returns, with an outcome for each entry, when those that are kDone and kDuplicate are on disk and every later Find
  // knows of them, and the keys of those who are erased are destroyed. `now`, in Unix seconds, is when they were
  // received; an event without a time happened then. Throws Error{kUnavailable} if the disk fails. An entry of which
  // that is not known to be recorded may be sent again.
  std::vector<Recorded> Record(std::vector<Entry> entries, std::int64_t now);

  // What the shopper is called on disk.
  std::string NameOf(std::string_view shopper) const { return ids_.OfShopper(shopper); }
  // The name of the shopper whom a visitor turned out to be.
  std::optional<std::string> KnownAs(std::string_view visitor) const;
  std::optional<Profile> Find(std::string_view shopper) const;
  // The same with all else that an answer needs, in few turns with the store.
  KnownShopper Know(std::string_view shopper) const;
  // Whether what is known of a shopper may be used so.
  bool Allows(const std::optional<Profile>& profile, Purpose purpose) const;
  // Whether a decision may be kept: its shopper agrees to training, and was not erased after it.
  bool MayKeep(const Decision& decision) const;
  // The same, and one of a visitor becomes that of the shopper whom the visitor turned out to be.
  bool Admit(Decision& decision) const;

  // When it returns, nothing of a shopper that was recorded before is found any more, and the keys are destroyed
  // without which nobody can read what the log has of it. Rotate takes it out of all files when the segment of the log
  // that tells of it is full or old. Other servers of a store that is shared hear of it, and do the same at their next
  // Rotate or, if they are not open, as soon as they are. Returns a receipt (erasure_receipt.h). Throws what Record
  // throws.
  std::string Erase(std::string_view shopper, std::int64_t now);
  // Whether models that were trained before an erasure of the shopper may be around.
  bool WasErased(std::string_view shopper) const;
  // All that is held of a shopper. Moves the log to the lake before, like Rotate, and reads all of that.
  ShopperData Export(std::string_view shopper);

  // Hears of what other servers were told, closes a segment of the log that is full or old, and turns closed segments
  // into files of the lake. Call it again and again. Throws what the disk throws; the next call goes on.
  void Rotate(std::int64_t now);

  // Moves the log to the lake and removes what is older than settings.retention_days from there and from profiles, if
  // the last time was a day ago or at another process. Call it again and again; a kill leaves the rest to the next
  // start. Throws what Rotate throws.
  void EnforceRetention(std::int64_t now);
  RemovalCounts removals() const { return {removed_rows_.load(), removed_events_.load(), removed_at_.load()}; }

  const LiveEventSettings& settings() const { return settings_; }

 private:
  struct Job {
    std::vector<Entry> entries;
    std::int64_t now;
    std::vector<Recorded> outcomes;
    std::exception_ptr failure;
  };

  // What other servers were told and this one has not heard of, as entries of its log.
  struct News {
    std::vector<Entry> entries;
    std::uint64_t place = 0;  // up to which they are all
  };

  void GiveNames(std::span<Entry> entries) const;
  // What a group of entries is judged and applied by, read from the store in few turns.
  struct Readings {
    StoreChanges changes;                       // none yet
    std::unordered_set<std::string> event_ids;  // those of the entries that were recorded before
  };
  Readings Read(std::span<const Entry* const> entries, std::uint64_t follows) const;
  // In the second of the entry or later.
  bool WasErasedSince(const LoggedEntry& logged) const;
  bool StillCounts(LoggedEntry& logged, const Readings& readings, StoreChanges& changes) const;
  StoreChanges Fold(std::span<const LoggedEntry> chunk, std::uint64_t follows) const;
  // Has the store take entries of the log, which follow what it has.
  void ApplyLogged(std::span<const LoggedEntry> chunk, std::uint64_t follows);
  // The same of entries that were written just now, if others overtook what was made of them.
  void ApplyAnew(std::span<const Entry> entries, std::int64_t now, std::uint64_t follows);
  // Has the store take what it lacks of the log, if anything.
  void CatchUp();
  // Finds out which announcements the log has that the file of those that were heard lacks.
  void RecallHeard();
  News HearOthers() const;
  // Nothing, with a message, for one that this server's key does not open.
  std::optional<Entry> EntryOf(const Announcement& announcement) const;
  // Writes what is news into the log.
  void TakeNews(std::int64_t now);
  void SaveHeard();
  // Has other servers hear of an entry.
  void Announce(const Entry& entry, std::uint64_t sequence, StoreChanges& changes) const;
  void RecordTogether(std::span<Job* const> jobs);
  void RecordGroup(std::span<Job* const> jobs);
  // Corrects the time and the shopper of an entry and says what is to become of it after `changes`, and of events
  // which of these ids are recorded.
  Recorded Judge(Entry& entry, std::int64_t now, const std::unordered_set<std::string>& ids,
                 StoreChanges& changes) const;
  void Take(const Entry& entry, std::uint64_t sequence, std::int64_t received, StoreChanges& changes) const;
  void TakeIdentification(const Identification& found, std::uint64_t sequence, StoreChanges& changes) const;
  void TakeErasure(const Erasure& erasure, std::uint64_t sequence, std::int64_t received, StoreChanges& changes) const;
  Recorded JudgeEvent(Event& event, std::int64_t now, const std::unordered_set<std::string>& ids,
                      StoreChanges& changes) const;
  Recorded JudgeConsent(ConsentChange& change, std::int64_t now, StoreChanges& changes) const;
  Recorded JudgeIdentification(Identification& found, StoreChanges& changes) const;
  // Whom the name stands for now.
  std::string Identified(const std::string& shopper, StoreChanges& changes) const;
  Profile& ProfileIn(StoreChanges& changes, std::string_view shopper) const;
  void Write(std::span<const Entry> entries, std::int64_t now, const StoreChanges& changes);
  void CloseSegmentIfDue(std::int64_t now);
  void CloseSegment();
  void MoveClosedSegments();
  bool MayTrain(const Entry& entry) const;
  // Whether its shopper was erased at its time or later.
  bool WasErasedAfter(const Decision& decision) const;
  // On disk under any name of a shopper.
  std::vector<Decision> DecisionsOf(const std::string& name, const Profile& profile) const;
  void DestroyKeysOfErased();
  std::vector<RetiredKey> RetiredKeys();
  void RemoveFromProfiles(std::int64_t now);
  // Of these shoppers.
  std::size_t RemoveFromProfiles(std::span<const std::string> shoppers, std::int64_t now);
  std::vector<RowOwners> OwnersInLake(std::span<const LoggedEntry> entries) const;
  // Removes what is in the log of another server, too, and counts there, and what was erased on any.
  void LeaveToOthers(std::vector<LoggedEntry>& entries) const;
  void MoveToLake(const ClosedSegment& segment);
  void RemoveFromLog(const ClosedSegment& segment);

  const LiveEventSettings settings_;
  const ProfileRules rules_;
  const Retention retention_;
  const KeyedIds ids_;
  const std::unique_ptr<ProfileStore> store_;
  EventLog log_;
  EventLake lake_;
  DecisionLog* const decisions_;
  std::mutex moving_;                          // of segments to the lake, and reading that; locked first
  std::mutex destroying_;                      // of keys; locked before writing_
  std::mutex writing_;                         // of the log and of what follows
  std::optional<std::int64_t> segment_since_;  // when the segment that grows had its first entry
  bool behind_ = false;                        // whether the log may have entries that the profiles lack
  std::uint64_t committed_ = 0;                // up to which the store was last known to have the log; 0: not yet
  HeardAnnouncements heard_;
  std::atomic<std::uint64_t> removed_rows_ = 0;
  std::atomic<std::uint64_t> removed_events_ = 0;
  std::atomic<std::int64_t> removed_at_ = 0;
  base::Gathering<Job> gathering_;
};

}  // namespace shortlist::profile
