// Shoppers and items that training is not to know, so that what a model makes of new ones can be measured.
#pragma once

#include <cstdint>
#include <vector>

#include "data/id_table.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// By the ids of the tables; empty if nobody is held back.
struct HeldBack {
  std::vector<bool> users;
  std::vector<bool> items;

  bool User(std::uint32_t user) const { return !users.empty() && users[user]; }
  bool Item(std::uint32_t item) const { return !items.empty() && items[item]; }
};

// Chosen by a hash of the id alone, so that the choice is the same whatever else the source holds.
HeldBack ChooseHeldBack(const SplitSettings& settings, const IdTable& users, const IdTable& items);

}  // namespace shortlist::data
