#include "tensor/cpu/bag_check.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "shortlist/error.h"

namespace shortlist::tensor::cpu {
namespace {

void CheckOffsets(const char* operation, const BagsView& bags) {
  if (bags.rows == 0) return;
  std::int64_t previous = 0;
  for (std::int64_t row = 0; row <= bags.rows; ++row) {
    const bool fits = row == 0 ? bags.offsets[row] == 0 : bags.offsets[row] >= previous;
    if (!fits || bags.offsets[row] > bags.count) {
      throw Error(Code::kInvalidArgument, std::string(operation) + ": offsets[" + std::to_string(row) + "] is " +
                                              std::to_string(bags.offsets[row]) + " after " + std::to_string(previous) +
                                              "; offsets must rise from 0 to " + std::to_string(bags.count));
    }
    previous = bags.offsets[row];
  }
  if (previous != bags.count) {
    throw Error(Code::kInvalidArgument, std::string(operation) + ": offsets end at " + std::to_string(previous) +
                                            " but there are " + std::to_string(bags.count) + " ids");
  }
}

// Of an id that is negative or above the last row, it or its distance to that row has the highest bit.
bool AllInside(const BagsView& bags, std::int64_t table_rows) {
  constexpr std::uint32_t kHighestBit = std::uint32_t{1} << 31;
  const auto last = static_cast<std::uint32_t>(std::min<std::int64_t>(table_rows, kHighestBit) - 1);
  std::uint32_t outside = 0;
  for (std::int64_t i = 0; i < bags.count; ++i) {
    const auto id = static_cast<std::uint32_t>(bags.ids[i]);
    outside |= id | (last - id);
  }
  return (outside & kHighestBit) == 0;
}

void CheckIds(const char* operation, const BagsView& bags, std::int64_t table_rows) {
  if (AllInside(bags, table_rows)) return;
  for (std::int64_t i = 0; i < bags.count; ++i) {
    if (bags.ids[i] >= 0 && bags.ids[i] < table_rows) continue;
    throw Error(Code::kInvalidArgument, std::string(operation) + ": ids[" + std::to_string(i) + "] is " +
                                            std::to_string(bags.ids[i]) + ", outside the " +
                                            std::to_string(table_rows) + " rows of the table");
  }
}

}  // namespace

void CheckBags(const char* operation, const BagsView& bags, std::int64_t table_rows) {
  CheckOffsets(operation, bags);
  CheckIds(operation, bags, table_rows);
}

}  // namespace shortlist::tensor::cpu
