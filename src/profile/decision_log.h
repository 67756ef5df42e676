// The record of decisions: a journal that grows, and the Parquet files that it becomes. docs/formats.md describes both.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/append_file.h"
#include "base/exclusive_directory.h"
#include "profile/decision.h"
#include "profile/row_owners.h"
#include "shortlist/settings/serve_decisions.h"

namespace shortlist::profile {

// Files of decisions, as `join` reads them.
struct DecisionFiles {
  // Under its name a file is whole or absent.
  std::function<void(const std::filesystem::path& file, std::span<const Decision> decisions)> write;
  // All decisions of a file that was written so.
  std::function<std::vector<Decision>(const std::filesystem::path& file)> read;
  // Their shoppers, which takes less.
  std::function<std::set<std::string>(const std::filesystem::path& file)> read_shoppers;
};

// One process at a time. Thread-safe. All throw Error{kUnavailable} if the disk fails.
class DecisionLog {
 public:
  // Opens decisions/ and lake/decisions/ below the folder of events. What a kill left of the journal's last block is
  // cut off: it was never on disk for anybody. Throws what base::ExclusiveDirectory throws.
  DecisionLog(const std::filesystem::path& events_directory, const DecisionSettings& settings, DecisionFiles files);

  // Returns when they are on disk.
  void Append(std::span<const Decision> decisions, std::int64_t now);

  // Whether a decision is kept; it may be given to another shopper.
  using Keeps = std::function<bool(Decision&)>;
  // Turns a journal that is full or old into a Parquet file of those of its decisions that are kept, and removes the
  // files whose decisions are all older than they may be. Call it again and again.
  void Rotate(std::int64_t now, const Keeps& keeps);
  // Gives the decisions of all files to whose they are now; those of nobody are removed.
  void GiveRows(const RowOwners& owners);
  // Of these shoppers, the oldest first.
  std::vector<Decision> Read(const std::set<std::string>& shoppers) const;

 private:
  std::filesystem::path JournalPath(std::int64_t number) const;
  std::filesystem::path LakePath(std::int64_t number) const;
  std::vector<std::int64_t> LakeNumbers() const;
  void Recover();
  void OpenJournal(std::int64_t number);
  // After a failure of the disk. Removes the journal instead if it is in the lake.
  void ReopenJournal();
  bool IsInLake() const;
  void CloseJournal(const Keeps& keeps);
  std::vector<Decision> ReadJournal() const;
  void GiveRowsOfJournal(const RowOwners& owners);
  void RemoveExpired(std::int64_t now);

  const DecisionSettings settings_;
  const DecisionFiles files_;
  const base::ExclusiveDirectory journals_;
  const base::ExclusiveDirectory lake_;
  mutable std::mutex mutex_;
  std::optional<base::AppendFile> journal_;  // none without a decision, or after a failure
  std::int64_t number_ = 0;                  // of the journal, or of the last one
  std::optional<std::int64_t> since_;        // when it had its first decision of this process
  std::int64_t looked_for_expired_ = 0;
};

}  // namespace shortlist::profile
