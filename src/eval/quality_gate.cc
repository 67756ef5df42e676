#include "eval/quality_gate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/settings_kind.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

using Member = Metric RankingScores::*;
constexpr std::array<std::pair<std::string_view, Member>, 4> kMetrics = {{{"recall", &RankingScores::recall},
                                                                          {"ndcg", &RankingScores::ndcg},
                                                                          {"hit_rate", &RankingScores::hit_rate},
                                                                          {"mrr", &RankingScores::mrr}}};

const std::pair<std::string_view, Member>* FindMetric(std::string_view name) {
  const auto* found = std::ranges::find(kMetrics, name, &std::pair<std::string_view, Member>::first);
  return found == kMetrics.end() ? nullptr : found;
}

template <class Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

const EvaluationRow* FindRow(const std::vector<EvaluationRow>& rows, const std::string& recommender, SeenRule seen) {
  const auto found = std::ranges::find_if(
      rows, [&](const EvaluationRow& row) { return row.recommender == recommender && row.seen == seen; });
  return found == rows.end() ? nullptr : &*found;
}

void AddBelowFloor(const EvaluationRow& model, const ScoreFloor& floor, std::vector<std::string>& shortfalls) {
  const double value = (model.at.at(floor.k).*FindMetric(floor.metric)->second).value;
  if (value >= floor.least) return;
  shortfalls.push_back(fmt::format("seen items {}: {}@{} is {:.4f}, at least {} is required", base::NameOf(model.seen),
                                   floor.metric, floor.k, value, floor.least));
}

void AddNotBeaten(const EvaluationRow& model, const EvaluationRow* baseline, const std::string& name,
                  std::vector<std::string>& shortfalls) {
  const std::string seen(base::NameOf(model.seen));
  if (baseline == nullptr) {
    shortfalls.push_back(fmt::format("seen items {}: {} was not scored", seen, name));
    return;
  }
  const auto& [k, scores] = *model.at.rbegin();
  const double theirs = baseline->at.at(k).ndcg.value;
  if (scores.ndcg.value > theirs) return;
  shortfalls.push_back(
      fmt::format("seen items {}: ndcg@{} is {:.4f}, that of {} is {:.4f}", seen, k, scores.ndcg.value, name, theirs));
}

}  // namespace

ScoreFloor ParseScoreFloor(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t equals = text.find('=');
  ScoreFloor floor;
  if (at != std::string_view::npos && equals != std::string_view::npos && at < equals) {
    floor.metric = text.substr(0, at);
    const bool numbers =
        Parse(text.substr(at + 1, equals - at - 1), floor.k) && Parse(text.substr(equals + 1), floor.least);
    if (numbers && FindMetric(floor.metric) != nullptr) return floor;
  }
  throw Error(
      Code::kInvalidArgument,
      fmt::format("'{}' is no least score; write for example ndcg@10=0.05, with recall, ndcg, hit_rate or mrr", text));
}

void RequireAnswerable(const QualityGate& gate, const EvaluateSettings& settings) {
  for (const ScoreFloor& floor : gate.floors) {
    if (std::ranges::count(settings.k, floor.k) != 0) continue;
    throw Error(Code::kInvalidArgument,
                fmt::format("{}@{} is required, but {} is not in evaluate.k", floor.metric, floor.k, floor.k));
  }
  for (const std::string& name : gate.beaten) {
    const auto named = [&](BaselineKind kind) { return base::NameOf(kind) == name; };
    if (std::ranges::any_of(settings.baselines, named)) continue;
    throw Error(Code::kInvalidArgument, fmt::format("'{}' is to be beaten, but is not in evaluate.baselines", name));
  }
}

std::vector<std::string> Shortfalls(const std::vector<EvaluationRow>& rows, const QualityGate& gate) {
  std::vector<std::string> shortfalls;
  for (const EvaluationRow& row : rows) {
    if (row.recommender != rows.front().recommender) continue;
    for (const ScoreFloor& floor : gate.floors) AddBelowFloor(row, floor, shortfalls);
    for (const std::string& name : gate.beaten) AddNotBeaten(row, FindRow(rows, name, row.seen), name, shortfalls);
  }
  return shortfalls;
}

}  // namespace shortlist::eval
