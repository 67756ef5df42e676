// Whose the rows are that were written before visitors turned out to be others and shoppers were erased.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "profile/event_log.h"

namespace shortlist::profile {

// By the shopper whose name is on rows, the shopper whose they are now; nobody if they are to be erased. All others
// keep theirs. No shopper is on both sides, so that rows which were given away are not given away again.
using RowOwners = std::map<std::string, std::optional<std::string>, std::less<>>;

// Of rows that are older than a segment of the log with these entries: to be done one after the other.
std::vector<RowOwners> OwnersOfOlderRows(std::span<const LoggedEntry> entries);

// Gives the events of a segment to the shoppers whose they are at its end, and removes what nobody's is: what was
// erased, erasures and identifications themselves, and consents of visitors. A consent that a shopper has from a
// visitor takes the place of the identification.
void GiveToOwners(std::vector<LoggedEntry>& entries);

}  // namespace shortlist::profile
