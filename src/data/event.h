// An event between reading and writing: fixed-width records, so that sorting and counting need no texts.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "data/id_table.h"

namespace shortlist::data {

// Which of the configured files an event came from.
enum class Origin : std::uint32_t { kEvents, kTestFiles };

// The fixed part of a record. Slots follow: eight bytes for each carried column, see EventSchema.
struct EventHeader {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::int64_t time = 0;       // Unix seconds; 0 for sources without times
  std::uint64_t sequence = 0;  // place in the input, over all files
  float weight = 1;
  Origin origin = Origin::kEvents;
};
static_assert(sizeof(EventHeader) == 32);

// A column that events keep beside user, item, time and weight.
struct CarriedColumn {
  enum class Role { kEventType, kQuantity, kPrice, kFromAnswer, kContext };
  enum class Kind { kNumber, kTime, kText, kPresence };

  Role role = Role::kContext;
  std::string name;  // in the source
  Kind kind = Kind::kText;
  IdTable texts;  // of kText; id 0 is the empty text, which means missing
};

// The slots of a record: two of the event id's hash, if there are event ids, then one per carried column.
struct EventSchema {
  bool has_event_ids = false;
  std::vector<CarriedColumn> carried;

  std::size_t FirstCarried() const { return has_event_ids ? 2 : 0; }
  std::size_t Slots() const { return FirstCarried() + carried.size(); }
  std::size_t RecordBytes() const { return sizeof(EventHeader) + 8 * Slots(); }
};

inline EventHeader HeaderOf(const std::byte* record) {
  EventHeader header;
  std::memcpy(&header, record, sizeof header);
  return header;
}

inline void SetHeader(const EventHeader& header, std::byte* record) {
  std::memcpy(record, &header, sizeof header);
}

inline std::uint64_t Slot(const std::byte* record, std::size_t slot) {
  std::uint64_t value = 0;
  std::memcpy(&value, record + sizeof(EventHeader) + 8 * slot, sizeof value);
  return value;
}

inline void SetSlot(std::uint64_t value, std::size_t slot, std::byte* record) {
  std::memcpy(record + sizeof(EventHeader) + 8 * slot, &value, sizeof value);
}

// Numbers in slots; a missing one is not a number.
inline std::uint64_t NumberToSlot(double number) {
  return std::bit_cast<std::uint64_t>(number);
}
inline double SlotToNumber(std::uint64_t slot) {
  return std::bit_cast<double>(slot);
}

using SortKey = std::array<std::uint64_t, 3>;

// Order of the dataset: by user, then time, then input order.
inline SortKey ByUserAndTime(const std::byte* record) {
  const EventHeader header = HeaderOf(record);
  const std::uint64_t time = static_cast<std::uint64_t>(header.time) ^ (std::uint64_t{1} << 63);
  return {header.user, time, header.sequence};
}

// Where an event id stands in the input, as a record of its own.
struct EventIdPlace {
  std::array<std::uint64_t, 2> hash = {};
  std::uint64_t sequence = 0;
};
static_assert(sizeof(EventIdPlace) == 24);

// Brings equal event ids together, in input order.
inline SortKey ByEventId(const std::byte* record) {
  EventIdPlace place;
  std::memcpy(&place, record, sizeof place);
  return {place.hash[0], place.hash[1], place.sequence};
}

}  // namespace shortlist::data
