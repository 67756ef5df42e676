#include "profile/event_log.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/encryption.h"
#include "base/file.h"
#include "base/log.h"
#include "profile/block.h"
#include "profile/bytes.h"

namespace shortlist::profile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeading = "shortlist events 3\n";
constexpr std::string_view kPlainHeading = "shortlist events 2\n";  // of logs without keys
constexpr std::string_view kEnding = ".events";
constexpr std::string_view kKeysEnding = ".keys";
constexpr std::size_t kNameDigits = 20;

// An entry as its segment has it.
struct StoredEntry {
  std::uint64_t sequence = 0;
  std::int64_t received = 0;
  std::optional<std::uint64_t> key = {};  // its number; none in a segment without keys
  std::string_view bytes = {};
};

std::string PlaceOf(std::uint64_t sequence) {
  ByteWriter writer;
  writer.Number(sequence);
  return writer.bytes();
}

Error Damaged(const fs::path& path, std::size_t place, const std::string& what) {
  return {Code::kDataLoss, "'" + path.string() + "', byte " + std::to_string(place) + ": " + what +
                               "; restore the file from a copy, or move the folder away to begin anew"};
}

// Visits the entries of whole blocks from the start of a segment, whose first sequence is known. `next` becomes the
// sequence after the last. Returns where the last whole block ends.
std::size_t ReadBlocks(const fs::path& path, std::string_view contents, std::uint64_t& next,
                       const std::function<void(const StoredEntry&)>& visit) {
  const bool sealed = contents.starts_with(kHeading);
  if (!sealed && !contents.starts_with(kPlainHeading)) throw Damaged(path, 0, "is not a log of events of this format");
  std::size_t place = kHeading.size();
  while (const auto block = BlockAt(contents, place)) {
    ByteReader reader(*block);
    if (reader.Number() != next) throw Damaged(path, place, "entries are missing before");
    const std::int64_t received = reader.Signed();
    for (std::uint64_t left = reader.Number(); left > 0; --left) {
      StoredEntry stored{next++, received};
      if (sealed) stored.key = reader.Number();
      stored.bytes = reader.Text();
      visit(stored);
    }
    place += kBlockHeaderBytes + block->size();
  }
  return place;
}

// Nothing of an entry whose key was destroyed.
std::optional<LoggedEntry> Opened(const StoredEntry& stored, KeyFile& keys, const fs::path& path) {
  if (!stored.key) return LoggedEntry{stored.sequence, stored.received, EntryFrom(stored.bytes)};
  const std::optional<std::string> key = keys.Key(*stored.key);
  if (!key) return std::nullopt;
  const std::optional<std::string> bytes = base::Decrypt(stored.bytes, *key, PlaceOf(stored.sequence));
  if (bytes) return LoggedEntry{stored.sequence, stored.received, EntryFrom(*bytes)};
  throw Error(Code::kDataLoss, "'" + path.string() + "': entry " + std::to_string(stored.sequence) +
                                   " cannot be opened with its key in '" + keys.path().string() +
                                   "'; restore both files from a copy");
}

std::uint64_t FirstSequenceOf(const fs::path& path) {
  return std::stoull(path.stem().string());
}

bool IsSegment(const fs::path& path) {
  const std::string stem = path.stem().string();
  return path.extension() == kEnding && stem.size() == kNameDigits &&
         std::ranges::all_of(stem, [](char digit) { return digit >= '0' && digit <= '9'; });
}

}  // namespace

EventLog::EventLog(const fs::path& folder, base::SecretKey secret, std::uint64_t next)
    : keys_directory_(folder / "keys"), directory_(folder / "log"), secret_(std::move(secret)), next_(next) {
  base::MakeDirectories(directory_);
  for (const fs::directory_entry& file : fs::directory_iterator(directory_)) {
    if (IsSegment(file.path())) segments_.push_back(SegmentOf(FirstSequenceOf(file.path())));
  }
  std::ranges::sort(segments_, {}, &Segment::first);
  RemoveKeysWithoutSegment();
  if (segments_.empty()) {
    OpenSegment(next_);
  } else {
    Recover();
  }
}

EventLog::Segment EventLog::SegmentOf(std::uint64_t first) const {
  const std::string name = fmt::format("{:020}", first);
  return {directory_ / (name + std::string(kEnding)), first,
          std::make_shared<KeyFile>(keys_directory_.path() / (name + std::string(kKeysEnding)), secret_)};
}

// A kill came between the removal of a segment and that of its keys.
void EventLog::RemoveKeysWithoutSegment() const {
  std::vector<fs::path> files;
  for (const fs::directory_entry& file : fs::directory_iterator(keys_directory_.path())) files.push_back(file.path());
  for (const fs::path& file : files) {
    const bool needed =
        std::ranges::any_of(segments_, [&](const Segment& known) { return known.keys->path() == file; });
    if (!needed && file.extension() == kKeysEnding) base::RemoveFile(file);
  }
}

void EventLog::OpenSegment(std::uint64_t first) {
  Segment segment = SegmentOf(first);
  base::AppendFile file(segment.path);
  try {
    file.CutTo(0);
    file.Append(kHeading);
  } catch (...) {
    std::error_code ignored;
    fs::remove(segment.path, ignored);  // the present segment goes on, beyond the number that this file is named by
    throw;
  }
  active_ = std::move(file);
  const std::lock_guard lock(mutex_);
  segments_.push_back(std::move(segment));
}

std::size_t EventLog::LearnKeys(Segment& segment, std::string_view contents, std::uint64_t& next) {
  segment.sealed = contents.starts_with(kHeading);
  return ReadBlocks(segment.path, contents, next, [&](const StoredEntry& stored) {
    const auto logged = Opened(stored, *segment.keys, segment.path);
    if (!logged) return;
    if (const auto* erasure = std::get_if<Erasure>(&logged->entry)) {
      Retire(erasure->user);
      for (const std::string& visitor : erasure->visitors) Retire(visitor);
    } else if (stored.key) {
      segment.key_numbers[std::string(ShopperOf(logged->entry))] = *stored.key;
    }
  });
}

void EventLog::Recover() {
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
    next_ = segments_[i].first;
    LearnKeys(segments_[i], base::ReadFile(segments_[i].path), next_);
  }
  const fs::path path = segments_.back().path;
  active_.emplace(path);
  next_ = segments_.back().first;
  const std::string contents = base::ReadFile(path);
  if (kHeading.starts_with(contents) || contents == kPlainHeading) {
    active_->CutTo(0);
    return active_->Append(kHeading);
  }
  const std::size_t whole = LearnKeys(segments_.back(), contents, next_);
  if (BlockFollows(contents, whole)) throw Damaged(path, whole, "damaged before its end");
  if (whole < contents.size()) {
    base::LogError("'" + path.string() +
                   "': what was written last was cut off before it was acknowledged; it is dropped");
    active_->CutTo(whole);
  }
  if (segments_.back().sealed) return;
  active_->Append("");  // what was cut off stays so
  CloseSegment();
}

std::uint64_t EventLog::first_sequence() const {
  const std::lock_guard lock(mutex_);
  return segments_.front().first;
}

void EventLog::Append(std::span<const Entry> entries, std::int64_t received) {
  const std::size_t retired_before = retired_.size();
  try {
    active_->Append(SealedBlock(entries, received));
  } catch (...) {
    TakeBackRetired(retired_before);
    throw;
  }
  next_ += entries.size();
}

std::string EventLog::SealedBlock(std::span<const Entry> entries, std::int64_t received) {
  std::unique_lock lock(mutex_);  // closed segments are removed meanwhile
  const std::shared_ptr<KeyFile> keys = segments_.back().keys;
  lock.unlock();
  ByteWriter writer;
  writer.Number(next_);
  writer.Signed(received);
  writer.Number(entries.size());
  std::uint64_t sequence = next_;
  for (const Entry& entry : entries) {
    const std::uint64_t number = KeyNumberFor(entry);
    writer.Number(number);
    writer.Text(base::Encrypt(ToBytes(entry), keys->Key(number).value(), PlaceOf(sequence++)));
  }
  return BlockOf(writer.bytes());
}

std::uint64_t EventLog::KeyNumberFor(const Entry& entry) {
  if (const auto* erasure = std::get_if<Erasure>(&entry)) {
    Retire(erasure->user);
    for (const std::string& visitor : erasure->visitors) Retire(visitor);
  }
  const std::lock_guard lock(mutex_);
  Segment& segment = segments_.back();
  // Nobody's for erasures, which are read after the keys of those whom they name are destroyed.
  std::string owner(std::holds_alternative<Erasure>(entry) ? "" : ShopperOf(entry));
  const auto known = segment.key_numbers.find(owner);
  if (known != segment.key_numbers.end()) return known->second;
  const std::uint64_t number = segment.keys->Take();
  segment.key_numbers.emplace(std::move(owner), number);
  return number;
}

void EventLog::Retire(const std::string& shopper) {
  const std::lock_guard lock(mutex_);
  for (Segment& segment : segments_) {
    const auto known = segment.key_numbers.find(shopper);
    if (known == segment.key_numbers.end()) continue;
    retired_.push_back({segment.first, known->second, shopper});
    segment.key_numbers.erase(known);
  }
}

// Of erasures that did not come into the log.
void EventLog::TakeBackRetired(std::size_t left) {
  const std::lock_guard lock(mutex_);
  for (; retired_.size() > left; retired_.pop_back()) {
    const RetiredKey& key = retired_.back();
    const auto segment = std::ranges::find(segments_, key.segment, &Segment::first);
    if (segment != segments_.end()) segment->key_numbers[key.shopper] = key.number;
  }
}

std::shared_ptr<KeyFile> EventLog::KeysOf(std::uint64_t segment) const {
  const std::lock_guard lock(mutex_);
  const auto known = std::ranges::find(segments_, segment, &Segment::first);
  return known == segments_.end() ? nullptr : known->keys;
}

void EventLog::DestroyKeys(const std::vector<RetiredKey>& keys) {
  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers;
  for (const RetiredKey& key : keys) numbers[key.segment].push_back(key.number);
  for (const auto& [segment, of_segment] : numbers) {
    if (const auto file = KeysOf(segment)) file->Destroy(of_segment);  // else they went with the segment
  }
  std::erase_if(retired_, [&](const RetiredKey& key) { return std::ranges::find(keys, key) != keys.end(); });
}

bool EventLog::all_sealed() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(segments_, &Segment::sealed);
}

void EventLog::CloseSegment() {
  if (!segment_is_empty()) OpenSegment(next_);
}

std::vector<ClosedSegment> EventLog::ClosedSegments() const {
  const std::lock_guard lock(mutex_);
  std::vector<ClosedSegment> closed;
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
    closed.push_back({segments_[i].path, segments_[i].first, segments_[i + 1].first - 1});
  }
  return closed;
}

void EventLog::Remove(const ClosedSegment& segment) {
  const std::shared_ptr<KeyFile> keys = KeysOf(segment.first);
  base::RemoveFile(segment.path);
  if (keys) base::RemoveFile(keys->path());
  const std::lock_guard lock(mutex_);
  std::erase_if(segments_, [&](const Segment& known) { return known.first == segment.first; });
}

void EventLog::ReadSegment(const ClosedSegment& segment, const Visit& visit) const {
  const std::string contents = base::ReadFile(segment.path);
  const std::shared_ptr<KeyFile> keys = KeysOf(segment.first);
  std::uint64_t next = segment.first;
  const std::size_t whole = ReadBlocks(segment.path, contents, next, [&](const StoredEntry& stored) {
    if (const auto logged = Opened(stored, *keys, segment.path)) visit(*logged);
  });
  if (whole != contents.size()) throw Damaged(segment.path, whole, "damaged");
  if (next != segment.last + 1) throw Damaged(segment.path, whole, "entries are missing at the end");
}

void EventLog::Replay(std::uint64_t from, const Visit& visit) const {
  std::vector<ClosedSegment> segments = ClosedSegments();
  std::unique_lock lock(mutex_);
  segments.push_back({segments_.back().path, segments_.back().first, last_sequence()});
  lock.unlock();
  for (const ClosedSegment& segment : segments) {
    if (segment.last < from) continue;
    ReadSegment(segment, [&](const LoggedEntry& logged) {
      if (logged.sequence >= from) visit(logged);
    });
  }
}

}  // namespace shortlist::profile
