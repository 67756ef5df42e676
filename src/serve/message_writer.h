// Writes a message of protocol buffers (proto3) straight from what it is about. The generated classes would copy every
// text into an object of its own first, which costs an answer more than the rest of its message.
//
// From the last byte to the first, so that the length of a message within another is known when it is written: fields
// in descending order, and of repeated ones the last first. Fields with their default are left out.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "serve/utf8.h"
#include "shortlist/error.h"

namespace shortlist::serve {

class MessageWriter {
 public:
  // Bytes that a field takes at most, but for those of its text or message.
  static constexpr std::size_t kMostBytesOfField = 15;

  // `room` must outlive the writer. Throws Error{kInternal} when it does not suffice.
  explicit MessageWriter(std::span<std::uint8_t> room) : room_(room), begin_(room.size()) {}

  // Where the message begins in the room, at whose end it ends.
  std::size_t begin() const { return begin_; }

  // Bytes that are not UTF-8 become '?'.
  void Text(int field, std::string_view text) {
    if (!text.empty()) RepeatedText(field, text);
  }
  void RepeatedText(int field, std::string_view text) {
    const std::span<std::uint8_t> place = Make(text.size());
    std::ranges::copy(text, place.begin());
    MakeUtf8({reinterpret_cast<char*>(place.data()), place.size()});
    Lead(field, text.size());
  }

  // Of bool, enum, int32 and int64.
  void Number(int field, std::int64_t value) {
    if (value == 0) return;
    Varint(static_cast<std::uint64_t>(value));
    Tag(field, kVarint);
  }

  void Float(int field, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (bits == 0) return;
    const std::span<std::uint8_t> place = Make(sizeof(bits));
    for (std::size_t i = 0; i < place.size(); ++i) place[i] = static_cast<std::uint8_t>(bits >> (8 * i));
    Tag(field, kFourBytes);
  }

  // With the fields that `write` writes.
  template <class Write>
  void Message(int field, const Write& write) {
    const std::size_t end = begin_;
    write();
    Lead(field, end - begin_);
  }

 private:
  enum WireType : std::uint8_t { kVarint = 0, kLengthFirst = 2, kFourBytes = 5 };

  std::span<std::uint8_t> Make(std::size_t bytes) {
    if (bytes > begin_) throw Error(Code::kInternal, "an answer is longer than its bound; report it");
    begin_ -= bytes;
    return room_.subspan(begin_, bytes);
  }

  void Varint(std::uint64_t value) {
    const auto bits = static_cast<std::size_t>(std::bit_width(value | 1));
    const std::span<std::uint8_t> place = Make((bits + 6) / 7);
    for (std::uint8_t& byte : place) {
      byte = static_cast<std::uint8_t>(value | 0x80);
      value >>= 7;
    }
    place.back() &= 0x7F;
  }

  void Tag(int field, WireType type) { Varint(static_cast<std::uint64_t>(field) << 3 | type); }

  void Lead(int field, std::size_t length) {
    Varint(length);
    Tag(field, kLengthFirst);
  }

  std::span<std::uint8_t> room_;
  std::size_t begin_;
};

}  // namespace shortlist::serve
