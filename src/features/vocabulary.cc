#include "features/vocabulary.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace shortlist::features {

Vocabulary::Vocabulary(std::vector<std::string> entries) : entries_(std::move(entries)) {
  ids_.reserve(entries_.size());
  for (const std::string& entry : entries_) ids_.emplace(entry, static_cast<std::int32_t>(ids_.size()) + 1);
}

void Vocabulary::AppendIds(const Value& value, std::vector<std::int32_t>& ids) const {
  const std::size_t before = ids.size();
  for (const std::string& text : TextsOf(value)) {
    const auto found = ids_.find(text);
    ids.push_back(found == ids_.end() ? 0 : found->second);
  }
  if (ids.size() == before) ids.push_back(0);
}

void Vocabulary::Describe(nlohmann::json& json) const {
  json["entries"] = entries_;
}

void VocabularyFitter::Observe(const Value& value) {
  for (std::string& text : TextsOf(value)) ++counts_[std::move(text)];
}

Transform VocabularyFitter::Finish() {
  std::vector<std::pair<std::int64_t, std::string>> ranked;
  for (auto& [text, count] : counts_) {
    if (count >= min_count_) ranked.emplace_back(-count, text);
  }
  std::sort(ranked.begin(), ranked.end());
  if (static_cast<std::int64_t>(ranked.size()) > most_) ranked.resize(static_cast<std::size_t>(most_));
  std::vector<std::string> entries;
  entries.reserve(ranked.size());
  for (auto& [count, text] : ranked) entries.push_back(std::move(text));
  return std::make_unique<Vocabulary>(std::move(entries));
}

}  // namespace shortlist::features
