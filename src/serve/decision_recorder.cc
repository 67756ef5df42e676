#include "serve/decision_recorder.h"

#include <array>
#include <cstddef>
#include <exception>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "features/stable_hash.h"
#include "serve/snapshot.h"
#include "serve/utf8.h"

namespace shortlist::serve {
namespace {

constexpr std::uint64_t kSamplingSeed = 0x6465636973696f6eULL;

constexpr std::array<std::string_view, 3> kReasonNames = {"history", "popularity_fallback", "no_consent"};
constexpr std::array<std::string_view, 4> kItemReasonNames = {"repeat", "similar", "popular", "new"};

using Json = nlohmann::ordered_json;

Json JsonOf(const features::Value& value) {
  return std::visit(
      [](const auto& known) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(known)>, std::monostate>) {
          return nullptr;
        } else {
          return known;
        }
      },
      value);
}

std::string ContextOf(const features::Record& context) {
  Json json = Json::object();
  for (const auto& [name, value] : context) json[name] = JsonOf(value);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

bool IsSampled(std::string_view request_id, double fraction) {
  if (fraction <= 0) return false;
  constexpr auto kHashes = static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  return fraction >= 1 || static_cast<double>(features::StableHash(request_id, kSamplingSeed)) < fraction * kHashes;
}

profile::Decision DecisionOf(std::string_view request_id, const RecommendRequest& request, const Recommendation& answer,
                             std::int64_t now) {
  profile::Decision decision;
  decision.request = request_id;
  decision.user = answer.shopper.name;
  decision.time = now;
  decision.bundle = ToUtf8(answer.snapshot->bundle().version());
  decision.policy = answer.side == Side::kCanary ? "canary" : "stable";
  decision.reason = kReasonNames[static_cast<std::size_t>(answer.reason)];
  decision.wanted = request.k;
  decision.history_events = answer.history_events;
  decision.context = ContextOf(request.context);
  decision.items.reserve(answer.items.size());
  for (const ScoredEntry& entry : answer.items) {
    decision.items.push_back({ToUtf8(entry.id), entry.score,
                              std::string(kItemReasonNames[static_cast<std::size_t>(entry.reason)]), std::nullopt});
  }
  return decision;
}

void DecisionRecorder::Offer(std::string_view request_id, const RecommendRequest& request, const Recommendation& answer,
                             std::int64_t now) {
  if (!answer.shopper.agrees_to_record || !IsSampled(request_id, settings_.fraction)) return;
  profile::Decision decision = DecisionOf(request_id, request, answer, now);
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < static_cast<std::size_t>(settings_.max_waiting)) {
      waiting_.push_back(std::move(decision));
      return;
    }
  }
  metrics_.Decided("dropped", 1);
}

void DecisionRecorder::Flush(std::int64_t now) {
  const std::lock_guard flushing(flushing_);
  std::vector<profile::Decision> decisions;
  {
    const std::lock_guard lock(mutex_);
    decisions.swap(waiting_);
  }
  if (!decisions.empty()) Write(std::move(decisions), now);
  try {
    log_.Rotate(now, [this](profile::Decision& decision) { return profiles_.Admit(decision); });
  } catch (const std::exception& problem) {
    base::LogError(std::string("decisions stay in their journal: ") + problem.what());
  }
}

void DecisionRecorder::Write(std::vector<profile::Decision> decisions, std::int64_t now) {
  const std::size_t offered = decisions.size();
  try {
    std::erase_if(decisions, [this](profile::Decision& decision) { return !profiles_.Admit(decision); });
    log_.Append(decisions, now);
    metrics_.Decided("written", decisions.size());
    metrics_.Decided("withheld", offered - decisions.size());
  } catch (const std::exception& problem) {
    metrics_.Decided("failed", offered);
    base::LogError(std::to_string(offered) + " decisions are lost: " + problem.what());
  }
}

}  // namespace shortlist::serve
