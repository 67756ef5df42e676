#include "serve/validation.h"

#include <cmath>
#include <string>

namespace shortlist::serve {
namespace {

using Problem = std::optional<Error>;

constexpr std::size_t kMaxQuotedBytes = 64;

Error Invalid(const std::string& message) {
  return {Code::kInvalidArgument, message};
}

std::string Place(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

std::string ContextPlace(std::string_view name) {
  return "context[\"" + std::string(name.substr(0, kMaxQuotedBytes)) + "\"]";
}

Problem IdProblem(std::string_view id, const std::string& field) {
  if (id.empty()) return Invalid(field + " is empty");
  if (id.size() <= kMaxIdBytes) return std::nullopt;
  return Invalid(field + " has " + std::to_string(id.size()) + " bytes; an id has at most " +
                 std::to_string(kMaxIdBytes));
}

Problem CountProblem(std::size_t count, std::int64_t most, std::string_view field, std::string_view setting) {
  if (count <= static_cast<std::size_t>(most)) return std::nullopt;
  return Invalid(std::string(field) + " has " + std::to_string(count) + " entries; this server takes at most " +
                 std::to_string(most) + " (" + std::string(setting) + ")");
}

Problem RangeProblem(std::int64_t value, std::int64_t least, std::int64_t most, const std::string& field) {
  if (value >= least && value <= most) return std::nullopt;
  return Invalid(field + " is " + std::to_string(value) + "; give a number from " + std::to_string(least) + " to " +
                 std::to_string(most));
}

Problem TimeProblem(std::int64_t time, const std::string& field) {
  if (time >= 0 && time <= kMaxTime) return std::nullopt;
  return Invalid(field + " is " + std::to_string(time) + "; give Unix seconds, or 0 for now");
}

Problem IdsProblem(const std::vector<std::string_view>& ids, std::string_view field, const LimitSettings& limits) {
  if (auto problem = CountProblem(ids.size(), limits.max_excluded, field, "serve.limits.max_excluded")) return problem;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (auto problem = IdProblem(ids[i], Place(field, i))) return problem;
  }
  return std::nullopt;
}

Problem FilterProblem(const RequestFilter& filter, const LimitSettings& limits) {
  if (filter.problem) return filter.problem;
  const std::vector<std::string_view>& ids = filter.only_ids;
  if (auto problem = CountProblem(ids.size(), limits.max_allowed, "only_item_ids", "serve.limits.max_allowed")) {
    return problem;
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (auto problem = IdProblem(ids[i], Place("only_item_ids", i))) return problem;
  }
  return std::nullopt;
}

Problem HistoryProblem(const std::vector<HistoryEvent>& history, const LimitSettings& limits) {
  if (auto problem = CountProblem(history.size(), limits.max_history, "history", "serve.limits.max_history"))
    return problem;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (auto problem = IdProblem(history[i].item_id, Place("history", i) + ".item_id")) return problem;
    if (auto problem = TimeProblem(history[i].time, Place("history", i) + ".time")) return problem;
  }
  return std::nullopt;
}

std::size_t TextBytes(const features::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  std::size_t bytes = 0;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& text : *texts) bytes += text.size() + 1;
  }
  return bytes;
}

Problem ContextValueProblem(std::string_view name, const features::Value& value) {
  if (name.empty()) return Invalid("context has a value without a name");
  if (name == kTimeColumn) return Invalid(ContextPlace(name) + " is not a context value; use the field time");
  if (std::holds_alternative<std::monostate>(value)) return Invalid(ContextPlace(name) + " has no value");
  const auto* number = std::get_if<double>(&value);
  if (number != nullptr && !std::isfinite(*number)) return Invalid(ContextPlace(name) + " is not a finite number");
  if (name.size() + TextBytes(value) <= kMaxContextBytes) return std::nullopt;
  return Invalid(ContextPlace(name) + " has " + std::to_string(name.size() + TextBytes(value)) +
                 " bytes; name and value have at most " + std::to_string(kMaxContextBytes));
}

Problem ContextProblem(const features::Record& context) {
  if (context.size() > kMaxContextValues) {
    return Invalid("context has " + std::to_string(context.size()) + " values; at most " +
                   std::to_string(kMaxContextValues) + " are read");
  }
  for (const auto& [name, value] : context) {
    if (auto problem = ContextValueProblem(name, value)) return problem;
  }
  return std::nullopt;
}

Problem SeenProblem(std::optional<SeenPolicy> seen) {
  if (!seen || *seen == SeenPolicy::kMask || *seen == SeenPolicy::kAllow) return std::nullopt;
  return Invalid("seen is " + std::to_string(static_cast<int>(*seen)) + "; give SEEN_POLICY_MASK or SEEN_POLICY_ALLOW");
}

}  // namespace

std::optional<Error> FindProblem(const RecommendRequest& request, const LimitSettings& limits) {
  if (request.user_id) {
    if (auto problem = IdProblem(*request.user_id, "user_id")) return problem;
  }
  if (auto problem = HistoryProblem(request.history, limits)) return problem;
  if (auto problem = ContextProblem(request.context)) return problem;
  if (auto problem = RangeProblem(request.k, 1, limits.max_k, "k")) return problem;
  if (auto problem = IdsProblem(request.exclude_item_ids, "exclude_item_ids", limits)) return problem;
  if (auto problem = FilterProblem(request.filter, limits)) return problem;
  if (auto problem = SeenProblem(request.seen)) return problem;
  if (auto problem = TimeProblem(request.time, "time")) return problem;
  return RangeProblem(request.return_history, 0, limits.max_history, "return_history");
}

std::optional<Error> FindProblem(const SimilarRequest& request, std::string_view field, const LimitSettings& limits) {
  if (auto problem = IdProblem(request.id, std::string(field))) return problem;
  if (auto problem = RangeProblem(request.k, 1, limits.max_k, "k")) return problem;
  if (auto problem = FilterProblem(request.filter, limits)) return problem;
  return IdsProblem(request.exclude_ids, "exclude_" + std::string(field) + "s", limits);
}

std::optional<Error> FindProblem(const RequestFilter& filter, const filter::AttributeTable& attributes) {
  if (!filter.condition) return std::nullopt;
  try {
    attributes.Check(*filter.condition);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

std::optional<Error> FindBatchProblem(std::size_t requests, const LimitSettings& limits) {
  if (requests == 0) return Invalid("requests is empty");
  return CountProblem(requests, limits.max_batch, "requests", "serve.limits.max_batch");
}

}  // namespace shortlist::serve
