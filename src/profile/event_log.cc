#include "profile/event_log.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
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

constexpr std::string_view kHeading = "shortlist events 2\n";
constexpr std::string_view kEnding = ".events";
constexpr std::size_t kNameDigits = 20;

std::string BlockOfEntries(std::span<const Entry> entries, std::uint64_t first, std::int64_t received) {
  ByteWriter writer;
  writer.Number(first);
  writer.Signed(received);
  writer.Number(entries.size());
  for (const Entry& entry : entries) writer.Text(ToBytes(entry));
  return BlockOf(writer.bytes());
}

Error Damaged(const fs::path& path, std::size_t place, const std::string& what) {
  return {Code::kDataLoss, "'" + path.string() + "', byte " + std::to_string(place) + ": " + what +
                               "; restore the file from a copy, or move the folder away to begin anew"};
}

// Visits the entries of whole blocks from the start of a segment, whose first sequence is known. `next` becomes the
// sequence after the last. Returns where the last whole block ends.
std::size_t ReadBlocks(const fs::path& path, std::string_view contents, std::uint64_t& next,
                       const EventLog::Visit& visit) {
  if (!contents.starts_with(kHeading)) throw Damaged(path, 0, "is not a log of events of this format");
  std::size_t place = kHeading.size();
  while (const auto block = BlockAt(contents, place)) {
    ByteReader reader(*block);
    if (reader.Number() != next) throw Damaged(path, place, "entries are missing before");
    const std::int64_t received = reader.Signed();
    for (std::uint64_t left = reader.Number(); left > 0; --left) visit({next++, received, EntryFrom(reader.Text())});
    place += kBlockHeaderBytes + block->size();
  }
  return place;
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

EventLog::EventLog(fs::path directory, std::uint64_t next) : directory_(std::move(directory)), next_(next) {
  base::MakeDirectories(directory_);
  for (const fs::directory_entry& file : fs::directory_iterator(directory_)) {
    if (IsSegment(file.path())) segments_.push_back({file.path(), FirstSequenceOf(file.path())});
  }
  std::ranges::sort(segments_, {}, &Segment::first);
  if (segments_.empty()) {
    OpenSegment(next_);
  } else {
    Recover();
  }
}

void EventLog::OpenSegment(std::uint64_t first) {
  Segment segment{directory_ / fmt::format("{:020}{}", first, kEnding), first};
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

void EventLog::Recover() {
  const fs::path& path = segments_.back().path;
  active_.emplace(path);
  next_ = segments_.back().first;
  const std::string contents = base::ReadFile(path);
  if (kHeading.starts_with(contents)) {
    active_->CutTo(0);
    return active_->Append(kHeading);
  }
  const std::size_t whole = ReadBlocks(path, contents, next_, [](const LoggedEntry&) {});
  if (whole == contents.size()) return;
  if (BlockFollows(contents, whole)) throw Damaged(path, whole, "damaged before its end");
  base::LogError("'" + path.string() +
                 "': what was written last was cut off before it was acknowledged; it is dropped");
  active_->CutTo(whole);
}

std::uint64_t EventLog::first_sequence() const {
  const std::lock_guard lock(mutex_);
  return segments_.front().first;
}

void EventLog::Append(std::span<const Entry> entries, std::int64_t received) {
  active_->Append(BlockOfEntries(entries, next_, received));
  next_ += entries.size();
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
  base::RemoveFile(segment.path);
  const std::lock_guard lock(mutex_);
  std::erase_if(segments_, [&](const Segment& known) { return known.first == segment.first; });
}

void EventLog::ReadSegment(const ClosedSegment& segment, const Visit& visit) {
  const std::string contents = base::ReadFile(segment.path);
  std::uint64_t next = segment.first;
  const std::size_t whole = ReadBlocks(segment.path, contents, next, visit);
  if (whole != contents.size()) throw Damaged(segment.path, whole, "damaged");
  if (next != segment.last + 1) throw Damaged(segment.path, whole, "entries are missing at the end");
}

void EventLog::Replay(std::uint64_t from, const Visit& visit) const {
  std::vector<ClosedSegment> segments = ClosedSegments();
  segments.push_back({segments_.back().path, segments_.back().first, last_sequence()});
  for (const ClosedSegment& segment : segments) {
    if (segment.last < from) continue;
    ReadSegment(segment, [&](const LoggedEntry& logged) {
      if (logged.sequence >= from) visit(logged);
    });
  }
}

}  // namespace shortlist::profile
