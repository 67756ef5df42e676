#include "serve/traffic.h"

#include <cstdint>

#include "features/stable_hash.h"

namespace shortlist::serve {
namespace {

constexpr std::uint64_t kHashSeed = 20260301;  // never changes; another one than that of hashed features
constexpr double kParts = 1e6;

// In [0, 100).
double PlaceOf(std::string_view user_id) {
  const auto part = features::StableHash(user_id, kHashSeed) % static_cast<std::uint64_t>(kParts);
  return static_cast<double>(part) / kParts * 100;
}

}  // namespace

const std::shared_ptr<const ServingSnapshot>& Traffic::For(std::optional<std::string_view> user_id) const {
  const bool on_canary = canary != nullptr && user_id && PlaceOf(*user_id) < canary_percent;
  return on_canary ? canary : stable;
}

}  // namespace shortlist::serve
