#include "simt/detector/arena.h"

#include <iterator>

namespace shortlist::simt {
namespace {

constexpr std::size_t kAlignment = 256;

std::size_t RoundUp(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::string Named(std::size_t bytes) {
  return "a piece of " + std::to_string(bytes) + " bytes";
}

}  // namespace

void* Arena::Reserve(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::size_t offset = used_ + kAlignment;
  if (bytes > memory_.size() || offset + RoundUp(bytes) + kAlignment > memory_.size()) return nullptr;
  used_ = offset + RoundUp(bytes);
  return memory_.data() + offset;
}

void Arena::Open(const void* data, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::size_t offset = Offset(data);
  pieces_.erase(pieces_.lower_bound(offset), pieces_.lower_bound(offset + bytes));
  pieces_[offset] = {bytes, false};
}

void Arena::Close(const void* data) {
  const std::lock_guard lock(mutex_);
  pieces_.at(Offset(data)).closed = true;
}

std::string Arena::Describe(const void* data) const {
  const std::lock_guard lock(mutex_);
  const std::size_t offset = Offset(data);
  const auto near = Nearest(offset);
  if (near == pieces_.end()) return "before all memory in use";
  const auto& [begin, piece] = *near;
  if (offset < begin + piece.bytes) {
    return std::to_string(offset - begin) + " bytes into " + Named(piece.bytes) + (piece.closed ? " given back" : "");
  }
  const std::size_t behind = offset - begin - piece.bytes;
  const auto next = std::next(near);
  if (next != pieces_.end() && next->first - offset < behind) {
    return std::to_string(next->first - offset) + " bytes before " + Named(next->second.bytes);
  }
  return std::to_string(behind) + " bytes behind the end of " + Named(piece.bytes);
}

bool Arena::WasClosed(const void* data) const {
  const std::lock_guard lock(mutex_);
  const auto near = Nearest(Offset(data));
  return near != pieces_.end() && near->second.closed && Offset(data) < near->first + near->second.bytes;
}

Arena::Pieces::const_iterator Arena::Nearest(std::size_t offset) const {
  const auto behind = pieces_.upper_bound(offset);
  return behind == pieces_.begin() ? pieces_.end() : std::prev(behind);
}

}  // namespace shortlist::simt
