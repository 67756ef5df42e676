// Shortlists of many shoppers as one Parquet file: a row per shopper with `user_id`, `item_ids` (a list, best first)
// and `scores` (as long).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace shortlist::data {

struct ShortlistRow {
  std::string_view user_id;
  std::vector<std::string_view> item_ids;
  std::vector<float> scores;
};

// The file appears under its name when it is whole.
class ShortlistFile {
 public:
  // Throws Error if it cannot be made.
  explicit ShortlistFile(const std::filesystem::path& path);
  // Without Commit nothing is left.
  ~ShortlistFile();
  ShortlistFile(const ShortlistFile&) = delete;
  ShortlistFile& operator=(const ShortlistFile&) = delete;

  // A row group. Throws Error{kUnavailable} when the disk is full.
  void Append(std::span<const ShortlistRow> rows);
  void Commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::data
