// What a request must satisfy before any work starts. A problem is an Error of code kInvalidArgument whose message
// names the field, says what is wrong with it and what is allowed; docs/api.md lists the rules.
#pragma once

#include <cstddef>
#include <optional>

#include "filter/attribute_table.h"
#include "serve/request.h"
#include "shortlist/settings/serve_limits.h"

namespace shortlist::serve {

inline constexpr std::size_t kMaxIdBytes = 512;
inline constexpr std::size_t kMaxContextValues = 64;
inline constexpr std::size_t kMaxContextBytes = 4096;      // per value
inline constexpr std::int64_t kMaxTime = 253'402'300'799;  // the end of the year 9999
inline constexpr std::string_view kTimeColumn = "time";    // filled by the server, never by the context

std::optional<Error> FindProblem(const RecommendRequest& request, const LimitSettings& limits);
// `field` is the id's name in the message: "item_id" or "user_id".
std::optional<Error> FindProblem(const SimilarRequest& request, std::string_view field, const LimitSettings& limits);
// Whether a condition fits the attributes that a bundle has.
std::optional<Error> FindProblem(const RequestFilter& filter, const filter::AttributeTable& attributes);
std::optional<Error> FindBatchProblem(std::size_t requests, const LimitSettings& limits);

}  // namespace shortlist::serve
