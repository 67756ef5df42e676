// Texts to consecutive numbers in the order of their first appearance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::data {

// A hash table of places with open addressing beside the texts, so that an answer waits for
// memory twice at the most, where the nodes of std::unordered_map, whose texts stay too, take two and more waits each.
class IdTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  IdTable();

  // Throws Error{kOutOfRange} beyond 2^31 - 1 texts.
  std::uint32_t Intern(std::string_view text);
  // kNone if the text was never interned.
  std::uint32_t Find(std::string_view text) const { return PlaceOf(text, HashOf(text)).id; }

  // Ask for the memory that Find and Intern of this text will read, first its place and, once that has come, the text
  // there; they change nothing but how long those wait.
  void FetchPlace(std::string_view text) const;
  void FetchText(std::string_view text) const;

  // Stays as long as the table.
  const std::string& Text(std::uint32_t id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Place {
    std::uint32_t id = kNone;  // none: free
    std::uint32_t hash = 0;
  };

  static std::uint32_t HashOf(std::string_view text);
  // Where the text is, or would be.
  const Place& PlaceOf(std::string_view text, std::uint32_t hash) const;
  void Grow();

  std::vector<Place> places_;  // a power of two of them, at most half of them taken
  std::deque<std::string> texts_;
};

}  // namespace shortlist::data
