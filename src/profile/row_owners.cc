#include "profile/row_owners.h"

#include <algorithm>
#include <utility>

namespace shortlist::profile {
namespace {

void Replace(RowOwners& owners, const std::string& owner, const std::optional<std::string>& next) {
  for (auto& [name, present] : owners) {
    if (present == owner) present = next;
  }
  owners.emplace(owner, next);
}

// Goes through a segment from its end, and knows whose anything is that comes before.
class FinalOwners {
 public:
  // Returns whether the entry is to stay.
  bool Give(Entry& entry) {
    if (const auto* erasure = std::get_if<Erasure>(&entry)) {
      owners_[erasure->user] = std::nullopt;
      for (const std::string& visitor : erasure->visitors) owners_[visitor] = std::nullopt;
      return false;
    }
    if (const auto* found = std::get_if<Identification>(&entry)) {
      owners_[found->visitor] = OwnerOf(found->user);
      if (!found->consent) return false;
      entry = ConsentChange{found->user, *found->consent};
    }
    if (const auto* change = std::get_if<ConsentChange>(&entry)) return OwnerOf(change->user) == change->user;
    Event& event = std::get<Event>(entry);
    const std::optional<std::string> owner = OwnerOf(event.user);
    if (owner) event.user = *owner;
    return owner.has_value();
  }

 private:
  std::optional<std::string> OwnerOf(const std::string& shopper) const {
    const auto known = owners_.find(shopper);
    return known == owners_.end() ? shopper : known->second;
  }

  RowOwners owners_;
};

}  // namespace

std::vector<RowOwners> OwnersOfOlderRows(std::span<const LoggedEntry> entries) {
  std::vector<RowOwners> stages(1);
  for (const LoggedEntry& logged : entries) {
    if (const auto* erasure = std::get_if<Erasure>(&logged.entry)) {
      Replace(stages.back(), erasure->user, std::nullopt);
      for (const std::string& visitor : erasure->visitors) Replace(stages.back(), visitor, std::nullopt);
    }
    if (const auto* found = std::get_if<Identification>(&logged.entry)) {
      if (stages.back().contains(found->user)) stages.emplace_back();
      Replace(stages.back(), found->visitor, found->user);
    }
  }
  if (stages.back().empty()) stages.pop_back();
  return stages;
}

void GiveToOwners(std::vector<LoggedEntry>& entries) {
  FinalOwners owners;
  std::vector<LoggedEntry> kept;
  for (auto logged = entries.rbegin(); logged != entries.rend(); ++logged) {
    if (owners.Give(logged->entry)) kept.push_back(std::move(*logged));
  }
  std::ranges::reverse(kept);
  entries = std::move(kept);
}

}  // namespace shortlist::profile
