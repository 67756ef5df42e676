#include "profile/decision_log.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "profile/block.h"
#include "profile/bytes.h"

namespace shortlist::profile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeading = "shortlist decisions 1\n";
constexpr const char* kJournalEnding = ".decisions";
constexpr const char* kLakeEnding = ".parquet";
constexpr std::int64_t kSecondsPerDay = 24 * 3600;
constexpr std::int64_t kSecondsBetweenLooks = 60;

std::string BlockOfDecisions(std::span<const Decision> decisions) {
  ByteWriter writer;
  writer.Number(decisions.size());
  for (const Decision& decision : decisions) writer.Text(ToBytes(decision));
  return BlockOf(writer.bytes());
}

struct Contents {
  std::vector<Decision> decisions;
  std::size_t whole = 0;  // bytes
};

// Of the whole blocks from the start.
Contents ContentsOf(std::string_view bytes) {
  Contents contents;
  if (!bytes.starts_with(kHeading)) return contents;
  contents.whole = kHeading.size();
  while (const auto block = BlockAt(bytes, contents.whole)) {
    ByteReader reader(*block);
    for (std::uint64_t left = reader.Number(); left > 0; --left) {
      contents.decisions.push_back(DecisionFrom(reader.Text()));
    }
    contents.whole += kBlockHeaderBytes + block->size();
  }
  return contents;
}

// The numbers that files of a folder with an ending are named by, rising.
std::vector<std::int64_t> NumbersIn(const fs::path& folder, const std::string& ending) {
  std::vector<std::int64_t> numbers;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    const bool is_number = failure == std::errc() && end == stem.data() + stem.size() && number >= 0;
    if (entry.path().extension() == ending && is_number) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

// Returns whether that changed anything.
bool Give(std::vector<Decision>& decisions, const RowOwners& owners) {
  bool changed = false;
  std::erase_if(decisions, [&](Decision& decision) {
    const auto given = owners.find(decision.user);
    if (given == owners.end()) return false;
    changed = true;
    if (given->second) decision.user = *given->second;
    return !given->second.has_value();
  });
  return changed;
}

}  // namespace

DecisionLog::DecisionLog(const fs::path& events_directory, const DecisionSettings& settings, DecisionFiles files)
    : settings_(settings),
      files_(std::move(files)),
      journals_(events_directory / "decisions"),
      lake_(events_directory / "lake" / "decisions") {
  Recover();
}

fs::path DecisionLog::JournalPath(std::int64_t number) const {
  return journals_.path() / fmt::format("{:020}{}", number, kJournalEnding);
}

fs::path DecisionLog::LakePath(std::int64_t number) const {
  return lake_.path() / fmt::format("{:020}{}", number, kLakeEnding);
}

std::vector<std::int64_t> DecisionLog::LakeNumbers() const {
  return NumbersIn(lake_.path(), kLakeEnding);
}

// A journal whose file is in the lake was being removed.
void DecisionLog::Recover() {
  const std::vector<std::int64_t> moved = LakeNumbers();
  if (!moved.empty()) number_ = moved.back();
  for (const std::int64_t number : NumbersIn(journals_.path(), kJournalEnding)) {
    number_ = std::max(number, number_);
    if (std::ranges::binary_search(moved, number)) {
      base::RemoveFile(JournalPath(number));
    } else {
      OpenJournal(number);
    }
  }
}

void DecisionLog::OpenJournal(std::int64_t number) {
  number_ = number;
  base::AppendFile file(JournalPath(number_));
  const std::string bytes = base::ReadFile(file.path());
  const std::size_t whole = ContentsOf(bytes).whole;
  if (whole < bytes.size() && !kHeading.starts_with(bytes)) {
    base::LogError("'" + file.path().string() + "', byte " + std::to_string(whole) +
                   ": is cut off or damaged; the decisions from there on are dropped");
  }
  if (whole < bytes.size()) file.CutTo(whole);
  if (whole == 0) file.Append(kHeading);
  journal_ = std::move(file);
}

void DecisionLog::Append(std::span<const Decision> decisions, std::int64_t now) {
  if (decisions.empty()) return;
  const std::lock_guard lock(mutex_);
  ReopenJournal();
  if (!journal_) OpenJournal(std::max(now, number_ + 1));
  if (!since_) since_ = now;
  try {
    journal_->Append(BlockOfDecisions(decisions));
  } catch (...) {
    journal_.reset();
    throw;
  }
}

void DecisionLog::ReopenJournal() {
  if (journal_ || !fs::exists(JournalPath(number_))) return;
  if (IsInLake()) {
    base::RemoveFile(JournalPath(number_));
  } else {
    OpenJournal(number_);
  }
}

bool DecisionLog::IsInLake() const {
  return fs::exists(LakePath(number_));
}

void DecisionLog::Rotate(std::int64_t now, const Keeps& keeps) {
  const std::lock_guard lock(mutex_);
  ReopenJournal();
  if (journal_) {
    if (!since_) since_ = now;
    const bool full = journal_->size() >= static_cast<std::uint64_t>(settings_.segment_mib) << 20;
    if (full || now - *since_ >= settings_.rotate_seconds) CloseJournal(keeps);
  }
  RemoveExpired(now);
}

std::vector<Decision> DecisionLog::ReadJournal() const {
  if (!fs::exists(JournalPath(number_)) || IsInLake()) return {};
  return ContentsOf(base::ReadFile(JournalPath(number_))).decisions;
}

// The journal goes when its decisions are in the lake, and nothing more comes into it: a kill in between leaves both,
// which Recover tells, and a disk that does not remove it is asked again.
void DecisionLog::CloseJournal(const Keeps& keeps) {
  std::vector<Decision> decisions = ReadJournal();
  std::erase_if(decisions, [&](Decision& decision) { return !keeps(decision); });
  if (!decisions.empty()) files_.write(LakePath(number_), decisions);
  journal_.reset();
  since_.reset();
  base::RemoveFile(JournalPath(number_));
}

// No decision of a file is later than the number of the next; the last file was old after rotate_seconds.
void DecisionLog::RemoveExpired(std::int64_t now) {
  if (now - looked_for_expired_ < kSecondsBetweenLooks) return;
  const std::int64_t oldest = now - settings_.retention_days * kSecondsPerDay;
  const std::vector<std::int64_t> numbers = LakeNumbers();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t next = i + 1 < numbers.size() ? numbers[i + 1] : numbers[i] + settings_.rotate_seconds;
    if (next < oldest) base::RemoveFile(LakePath(numbers[i]));
  }
  looked_for_expired_ = now;
}

void DecisionLog::GiveRowsOfJournal(const RowOwners& owners) {
  std::vector<Decision> decisions = ReadJournal();
  if (!Give(decisions, owners)) return;
  journal_.reset();
  std::string bytes(kHeading);
  if (!decisions.empty()) bytes += BlockOfDecisions(decisions);
  base::WriteFileAtomically(JournalPath(number_), bytes);
  OpenJournal(number_);
}

void DecisionLog::GiveRows(const RowOwners& owners) {
  const std::lock_guard lock(mutex_);
  ReopenJournal();
  GiveRowsOfJournal(owners);
  for (const std::int64_t number : LakeNumbers()) {
    const std::set<std::string> present = files_.read_shoppers(LakePath(number));
    if (std::ranges::none_of(owners, [&](const auto& given) { return present.contains(given.first); })) continue;
    std::vector<Decision> decisions = files_.read(LakePath(number));
    Give(decisions, owners);
    if (decisions.empty()) {
      base::RemoveFile(LakePath(number));
    } else {
      files_.write(LakePath(number), decisions);
    }
  }
}

std::vector<Decision> DecisionLog::Read(const std::set<std::string>& shoppers) const {
  const std::lock_guard lock(mutex_);
  std::vector<Decision> own;
  const auto is_own = [&](const Decision& decision) { return shoppers.contains(decision.user); };
  for (const std::int64_t number : LakeNumbers()) {
    const std::set<std::string> present = files_.read_shoppers(LakePath(number));
    if (std::ranges::none_of(shoppers, [&](const std::string& name) { return present.contains(name); })) continue;
    std::ranges::copy_if(files_.read(LakePath(number)), std::back_inserter(own), is_own);
  }
  std::ranges::copy_if(ReadJournal(), std::back_inserter(own), is_own);
  return own;
}

}  // namespace shortlist::profile
