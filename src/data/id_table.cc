#include "data/id_table.h"

#include <functional>
#include <limits>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kFirstPlaces = 64;

}  // namespace

IdTable::IdTable() : places_(kFirstPlaces) {}

std::uint32_t IdTable::HashOf(std::string_view text) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
}

const IdTable::Place& IdTable::PlaceOf(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = places_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Place& place = places_[at];
    if (place.id == kNone || (place.hash == hash && texts_[place.id] == text)) return place;
  }
}

void IdTable::FetchPlace(std::string_view text) const {
  __builtin_prefetch(&places_[HashOf(text) & (places_.size() - 1)]);
}

void IdTable::FetchText(std::string_view text) const {
  const Place& place = places_[HashOf(text) & (places_.size() - 1)];
  if (place.id != kNone) __builtin_prefetch(&texts_[place.id]);
}

std::uint32_t IdTable::Intern(std::string_view text) {
  const std::uint32_t hash = HashOf(text);
  const Place& place = PlaceOf(text, hash);
  if (place.id != kNone) return place.id;
  if (texts_.size() >= std::numeric_limits<std::int32_t>::max()) {
    throw Error(Code::kOutOfRange, "more than 2^31 - 1 different ids in one column");
  }
  const auto id = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  places_[static_cast<std::size_t>(&place - places_.data())] = {id, hash};
  if (2 * texts_.size() > places_.size()) Grow();
  return id;
}

void IdTable::Grow() {
  const std::vector<Place> old = std::exchange(places_, std::vector<Place>(2 * places_.size()));
  const std::size_t mask = places_.size() - 1;
  for (const Place& place : old) {
    if (place.id == kNone) continue;
    std::size_t at = place.hash & mask;
    while (places_[at].id != kNone) at = (at + 1) & mask;
    places_[at] = place;
  }
}

}  // namespace shortlist::data
