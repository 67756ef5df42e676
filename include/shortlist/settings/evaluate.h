// How rankings are judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/closed_form.h"
#include "shortlist/settings/field.h"

namespace shortlist {

enum class SeenRule { kMask, kAllow };
template <>
struct EnumNames<SeenRule> {
  static constexpr std::array<std::string_view, 2> kNames = {"mask", "allow"};
};

enum class BaselineKind { kPopularity, kRecentPopularity, kItemKnn, kRepeatFrequency, kEase, kIals, kContent };
template <>
struct EnumNames<BaselineKind> {
  static constexpr std::array<std::string_view, 7> kNames = {
      "popularity", "recent_popularity", "item_knn", "repeat_frequency", "ease", "ials", "content"};
};

// What is scored of shoppers and items without an event before the scored part.
struct ColdStartSettings {
  std::vector<std::int64_t> first_events = {1, 2, 3, 5};
  std::int64_t max_users = 2000;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("first_events", first_events,
          "Numbers of first events that a new shopper is known by; the targets are the items behind the largest of "
          "them. Empty leaves new shoppers out.",
          Bounds{1, 1000});
    visit("max_users", max_users, "Shoppers scored per group at the most, chosen by the seed; 0 for all.",
          Bounds{0, 1e9});
  }
};

struct EvaluateSettings {
  std::vector<std::int64_t> k = {10, 20};
  std::vector<SeenRule> seen = {SeenRule::kMask};
  std::vector<BaselineKind> baselines = {BaselineKind::kPopularity, BaselineKind::kItemKnn, BaselineKind::kEase,
                                         BaselineKind::kIals};
  bool fit_baselines_on_validation = false;
  double recent_days = 28;
  ItemKnnSettings item_knn;
  EaseSettings ease;
  IalsSettings ials;
  TimeSettings content;
  ColdStartSettings cold_start;
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
    visit("recent_days", recent_days, "Window of recent demand before the scored part.", Bounds{0.01, 1e5});
    visit("item_knn", item_knn, "Cosine item-item neighborhoods.");
    visit("ease", ease, "Linear item-item model in closed form (Steck 2019).");
    visit("ials", ials, "Matrix factorization of implicit feedback by alternating least squares (Rendle et al. 2021).");
    visit("content", content, "Likeness of items by their categorical features (TF-IDF) with those of the history.");
    visit("cold_start", cold_start, "New items and new shoppers, wherever the scored part has some.");
    visit("repeat_half_life_days", repeat_half_life_days,
          "Half life of a purchase in repeat_frequency; among equals, the item in greater recent demand goes first.",
          Bounds{1e-3, 1e6});
    visit("bootstrap_samples", bootstrap_samples, "Resamples of shoppers behind each 95% interval.", Bounds{0, 1e6});
    visit("max_users", max_users, "Score this many shoppers, chosen by the seed; 0 for all.", Bounds{0, 1e9});
  }
};

}  // namespace shortlist
