#include "features/word_ngrams.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "features/stable_hash.h"

namespace shortlist::features {
namespace {

bool IsWordByte(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

char LowerCase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    const bool word_byte = IsWordByte(static_cast<unsigned char>(c));
    if (word_byte && !inside) words.emplace_back();
    if (word_byte) words.back().push_back(LowerCase(c));
    inside = word_byte;
  }
  return words;
}

}  // namespace

void WordNgrams::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const auto before = static_cast<std::ptrdiff_t>(ids.size());
  for (const std::string& text : TextsOf(value)) AppendRuns(Words(text), ids);
  std::sort(ids.begin() + before, ids.end());
  ids.erase(std::unique(ids.begin() + before, ids.end()), ids.end());
}

void WordNgrams::AppendRuns(const std::vector<std::string>& words, std::vector<std::int32_t>& ids) const {
  for (std::size_t first = 0; first < words.size(); ++first) {
    std::string run;
    const std::size_t end = std::min(words.size(), first + static_cast<std::size_t>(longest_));
    for (std::size_t last = first; last < end; ++last) {
      if (last > first) run += ' ';
      run += words[last];
      ids.push_back(static_cast<std::int32_t>(StableHash(run, 0) % static_cast<std::uint64_t>(buckets_)));
    }
  }
}

void WordNgrams::Describe(nlohmann::json& json) const {
  json["buckets"] = buckets_;
  json["ngrams"] = longest_;
}

}  // namespace shortlist::features
