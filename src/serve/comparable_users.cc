#include "serve/comparable_users.h"

#include <algorithm>
#include <optional>
#include <string>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

// Beyond them nobody is alike, and everybody has to be asked for.
constexpr std::int64_t kMostAsked = 4096;

std::optional<Error> ObjectionOf(const profile::LiveProfiles* profiles, std::string_view id) {
  if (profiles == nullptr) return std::nullopt;
  if (profiles->WasErased(id)) return Error(Code::kNotFound, "user '" + std::string(id) + "' was erased");
  if (profiles->KnownAs(id)) {
    return Error(Code::kNotFound, "visitor '" + std::string(id) + "' turned out to be another shopper");
  }
  if (profiles->Allows(profiles->Find(id), profile::Purpose::kGroupProfiling)) return std::nullopt;
  return Error(Code::kFailedPrecondition, "user '" + std::string(id) + "' did not agree to GROUP_PROFILING");
}

}  // namespace

std::int32_t FindModelUser(const index::Bundle& bundle, const profile::LiveProfiles* profiles, std::string_view id) {
  const std::int32_t user = bundle.FindUser(id);
  return user >= 0 || profiles == nullptr ? user : bundle.FindUser(profiles->NameOf(id));
}

void RequireComparable(const profile::LiveProfiles* profiles, std::string_view id) {
  if (const auto objection = ObjectionOf(profiles, id)) throw *objection;
}

std::vector<index::Neighbor> ComparableUsers(const index::Bundle& bundle, const profile::LiveProfiles* profiles,
                                             std::span<const float> query, std::int64_t k,
                                             std::span<const std::int32_t> excluded) {
  for (std::int64_t asked = k;; asked = std::min(4 * asked, std::max(k, kMostAsked))) {
    std::vector<index::Neighbor> found = bundle.users().Search(query, asked, excluded);
    const bool are_all = std::ssize(found) < asked || asked >= kMostAsked;
    std::erase_if(found, [&](const index::Neighbor& neighbor) {
      return ObjectionOf(profiles, bundle.UserId(neighbor.id)).has_value();
    });
    if (!are_all && std::ssize(found) < k) continue;
    found.resize(std::min(found.size(), static_cast<std::size_t>(k)));
    return found;
  }
}

}  // namespace shortlist::serve
