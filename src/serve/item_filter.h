// Which items of a snapshot a request lets in.
#pragma once

#include <optional>

#include "base/bit_set.h"
#include "serve/request.h"
#include "serve/snapshot.h"

namespace shortlist::serve {

// None if all are. The condition fits the snapshot's attributes.
std::optional<base::BitSet> AllowedItems(const ServingSnapshot& snapshot, const RequestFilter& filter);

}  // namespace shortlist::serve
