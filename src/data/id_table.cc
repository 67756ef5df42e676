#include "data/id_table.h"

#include <limits>

#include "shortlist/error.h"

namespace shortlist::data {

std::uint32_t IdTable::Intern(std::string_view text) {
  if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
  if (texts_.size() >= std::numeric_limits<std::int32_t>::max()) {
    throw Error(Code::kOutOfRange, "more than 2^31 - 1 different ids in one column");
  }
  const auto id = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(&ids_.emplace(text, id).first->first);
  return id;
}

std::uint32_t IdTable::Find(std::string_view text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? kNone : found->second;
}

}  // namespace shortlist::data
