// Shoppers who are alike, of those who may be found so.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/bundle.h"
#include "profile/live_profiles.h"

namespace shortlist::serve {

// Number of a shopper in a model, which may know the id or, if it was trained on the log of events, the name there; -1
// if it knows neither. `profiles` is null for a server that takes no events, here and below.
std::int32_t FindModelUser(const index::Bundle& bundle, const profile::LiveProfiles* profiles, std::string_view id);

// Throws Error{kNotFound} for a shopper who was erased, and Error{kFailedPrecondition} for one who did not agree to
// being compared with others.
void RequireComparable(const profile::LiveProfiles* profiles, std::string_view id);

// The k nearest of those whom RequireComparable lets pass, the nearest first; fewer if there are not as many among the
// nearest 4,096. `excluded` as VectorIndex::Search takes it.
std::vector<index::Neighbor> ComparableUsers(const index::Bundle& bundle, const profile::LiveProfiles* profiles,
                                             std::span<const float> query, std::int64_t k,
                                             std::span<const std::int32_t> excluded);

}  // namespace shortlist::serve
