// The ids of users or items in a dataset, with texts that belong to them, as an Arrow IPC file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::data {

// A column of texts, one per id.
struct TextColumn {
  std::string name;
  std::vector<std::string> texts;
};

// Writes `ids` in their order, the order that sorts them, and the other columns. Ids must differ.
void WriteVocabulary(const std::filesystem::path& path, const std::vector<std::string>& ids,
                     const std::vector<TextColumn>& columns);

// SHA-256 over the ids, each followed by a zero byte.
std::string VocabularyDigest(const std::vector<std::string>& ids);

// Mapped into memory. Immutable; thread-safe.
class VocabularyTable {
 public:
  // Throws Error{kDataLoss} naming the file for anything that WriteVocabulary does not write.
  VocabularyTable(const std::filesystem::path& path, const std::vector<std::string>& columns);
  ~VocabularyTable();
  VocabularyTable(VocabularyTable&&) noexcept;
  VocabularyTable& operator=(VocabularyTable&&) noexcept;

  std::int64_t size() const;
  std::string_view Id(std::int64_t index) const;
  // The text of the column at that place of the constructor's list.
  std::string_view Text(std::size_t column, std::int64_t index) const;
  // By binary search.
  std::optional<std::int64_t> Find(std::string_view id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::data
