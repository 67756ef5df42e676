#include "data/held_back.h"

#include "features/stable_hash.h"

namespace shortlist::data {
namespace {

constexpr std::uint64_t kUserSeed = 0x75736572;
constexpr std::uint64_t kItemSeed = 0x6974656d;

std::vector<bool> Choose(double share, std::uint64_t seed, const IdTable& ids) {
  std::vector<bool> chosen;
  if (share == 0) return chosen;
  for (std::uint32_t id = 0; id < ids.size(); ++id) {
    const std::uint64_t hash = features::StableHash(ids.Text(id), seed);
    chosen.push_back(static_cast<double>(hash >> 11) * 0x1p-53 < share);
  }
  return chosen;
}

}  // namespace

HeldBack ChooseHeldBack(const SplitSettings& settings, const IdTable& users, const IdTable& items) {
  return {Choose(settings.new_user_share, kUserSeed, users), Choose(settings.new_item_share, kItemSeed, items)};
}

}  // namespace shortlist::data
