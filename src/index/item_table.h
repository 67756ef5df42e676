// items.safetensors of a bundle: what is known of each item, by item index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/safetensors.h"
#include "index/string_column.h"

namespace shortlist::index {

struct ItemRecords {
  const std::vector<std::string>& ids;  // distinct
  const std::vector<std::string>& titles;
  const std::vector<std::string>& attributes_json;
  const std::vector<std::int32_t>& popular;  // item indices, best first
};

// Throws Error{kInvalidArgument} if the columns do not have one length, an id repeats or a popular item is unknown.
void WriteItems(const ItemRecords& items, const std::filesystem::path& path);

// Immutable; thread-safe. Views live as long as the table.
class ItemTable {
 public:
  // Throws Error{kDataLoss} naming the file if it does not describe `count` items.
  static ItemTable Open(const std::filesystem::path& path, std::int64_t count);

  std::string_view Id(std::int32_t item) const { return ids_[item]; }
  std::string_view Title(std::int32_t item) const { return titles_[item]; }
  std::string_view AttributesJson(std::int32_t item) const { return attributes_[item]; }
  // -1 if unknown.
  std::int32_t Find(std::string_view id) const { return ids_.Find(id); }
  std::span<const std::int32_t> popular() const { return popular_; }

 private:
  ItemTable(base::SafetensorsReader file, std::int64_t count);

  base::SafetensorsReader file_;
  IdColumn ids_;
  StringColumn titles_;
  StringColumn attributes_;
  std::span<const std::int32_t> popular_;
};

}  // namespace shortlist::index
