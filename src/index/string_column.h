// Texts stored in a safetensors file (SafetensorsWriter::AddStrings), read in place.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/safetensors.h"

namespace shortlist::index {

// Views into the reader's file, which must outlive it.
class StringColumn {
 public:
  // Throws Error{kDataLoss} naming the column if it is missing, has not `count` texts or has offsets out of order.
  StringColumn(const base::SafetensorsReader& file, const std::string& name, std::int64_t count);

  std::int64_t size() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](std::int64_t row) const;

 private:
  std::span<const std::uint8_t> bytes_;
  std::span<const std::int64_t> offsets_;
};

// A column of distinct texts with the way back from text to row.
class IdColumn {
 public:
  // As StringColumn; also throws if an id repeats.
  IdColumn(const base::SafetensorsReader& file, const std::string& name, std::int64_t count);

  std::string_view operator[](std::int64_t row) const { return ids_[row]; }
  // -1 if unknown.
  std::int32_t Find(std::string_view id) const;

 private:
  StringColumn ids_;
  std::unordered_map<std::string_view, std::int32_t> rows_;
};

}  // namespace shortlist::index
