// Texts to consecutive numbers in the order of their first appearance.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shortlist::data {

class IdTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Throws Error{kOutOfRange} beyond 2^31 - 1 texts.
  std::uint32_t Intern(std::string_view text);
  // kNone if the text was never interned.
  std::uint32_t Find(std::string_view text) const;

  const std::string& Text(std::uint32_t id) const { return *texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
  std::vector<const std::string*> texts_;
};

}  // namespace shortlist::data
