// How rankings are judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class SeenRule { kMask, kAllow };
template <>
struct EnumNames<SeenRule> {
  static constexpr std::array<std::string_view, 2> kNames = {"mask", "allow"};
};

enum class BaselineKind { kPopularity, kRecentPopularity, kItemKnn, kRepeatFrequency };
template <>
struct EnumNames<BaselineKind> {
  static constexpr std::array<std::string_view, 4> kNames = {"popularity", "recent_popularity", "item_knn",
                                                             "repeat_frequency"};
};

struct ItemKnnSettings {
  std::int64_t neighbors = 200;
  double shrinkage = 10;
  double user_length_exponent = 0;
  double history_decay = 1;
  double history_half_life_days = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("neighbors", neighbors,
          "Most similar items kept per item: a candidate is scored by those of its neighbors that the shopper has. 0 "
          "keeps all.",
          Bounds{0, 1e6});
    visit("shrinkage", shrinkage,
          "Added to the denominator of the cosine, in shoppers, so that a few shoppers in common count for little.",
          Bounds{0, 1e9});
    visit("user_length_exponent", user_length_exponent,
          "Weigh each shopper by history length to this power, usually "
          "0 or -0.5.",
          Bounds{-2, 2});
    visit("history_decay", history_decay, "Weight of a history event per step back; 1 weighs all alike.", Bounds{0, 1});
    visit("history_half_life_days", history_half_life_days,
          "Days after which a history event weighs half; 0 for no decay by time.", Bounds{0, 1e6});
  }
};

struct EvaluateSettings {
  std::vector<std::int64_t> k = {10, 20};
  std::vector<SeenRule> seen = {SeenRule::kMask};
  std::vector<BaselineKind> baselines = {BaselineKind::kPopularity, BaselineKind::kItemKnn};
  bool fit_baselines_on_validation = false;
  double recent_days = 28;
  ItemKnnSettings item_knn;
  double repeat_half_life_days = 180;
  std::int64_t bootstrap_samples = 1000;
  std::int64_t max_users = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("k", k, "Lengths of the shortlist that are scored.", Bounds{1, 10000});
    visit("seen", seen,
          "`mask`: items of the history are neither ranked nor targets (discovery); `allow`: they are "
          "both (all purchases).");
    visit("baselines", baselines, "Scored by the same command and protocol, beside the model.");
    visit("fit_baselines_on_validation", fit_baselines_on_validation,
          "Fit baselines on training and validation events when they are scored on test.");
    visit("recent_days", recent_days, "Window of recent_popularity before the scored part.", Bounds{0.01, 1e5});
    visit("item_knn", item_knn, "Cosine item-item neighborhoods.");
    visit("repeat_half_life_days", repeat_half_life_days,
          "Half life of a purchase in repeat_frequency; among equals, the item in greater recent demand goes first.",
          Bounds{1e-3, 1e6});
    visit("bootstrap_samples", bootstrap_samples, "Resamples of shoppers behind each 95% interval.", Bounds{0, 1e6});
    visit("max_users", max_users, "Score this many shoppers, chosen by the seed; 0 for all.", Bounds{0, 1e9});
  }
};

}  // namespace shortlist
