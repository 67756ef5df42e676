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

enum class BaselineKind { kPopularity, kRecentPopularity, kItemKnn, kRepeatFrequency, kEase, kIals, kContent };
template <>
struct EnumNames<BaselineKind> {
  static constexpr std::array<std::string_view, 7> kNames = {
      "popularity", "recent_popularity", "item_knn", "repeat_frequency", "ease", "ials", "content"};
};

// What baselines that read a shopper's history make of time.
struct TimeSettings {
  double history_decay = 1;
  double history_half_life_days = 0;
  double demand_exponent = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("history_decay", history_decay, "Weight of a history event per step back; 1 weighs all alike.", Bounds{0, 1});
    visit("history_half_life_days", history_half_life_days,
          "Days after which a history event weighs half; 0 for no decay by time.", Bounds{0, 1e6});
    visit("demand_exponent", demand_exponent,
          "Scores are multiplied by (an item's events in the last `evaluate.recent_days` + 1) to this power; 0 leaves "
          "recent demand out.",
          Bounds{0, 10});
  }
};

struct ItemKnnSettings : TimeSettings {
  std::int64_t neighbors = 200;
  double shrinkage = 10;
  double user_length_exponent = 0;

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
          "Weigh each shopper by history length to this power, usually 0 or -0.5.", Bounds{-2, 2});
    TimeSettings::Visit(visit);
  }
};

struct EaseSettings : TimeSettings {
  double regularization = 250;
  double user_length_exponent = 0;
  double memory_gigabytes = 4;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("regularization", regularization, "Weight of the squared norm of the item-item weights, in shoppers.",
          Bounds{1e-3, 1e9});
    visit("user_length_exponent", user_length_exponent,
          "Weigh each shopper by history length to this power, usually 0 or -0.5.", Bounds{-2, 2});
    visit(
        "memory_gigabytes", memory_gigabytes,
        "Skip this baseline if its dense matrix takes more: 4 bytes for each pair of items, or of shoppers where these "
        "are fewer. 4 gigabytes are 32,768 of them and take minutes to invert on two cores.",
        Bounds{0, 1e4});
    TimeSettings::Visit(visit);
  }
};

struct IalsSettings : TimeSettings {
  std::int64_t dimension = 64;
  std::int64_t epochs = 16;
  double unobserved_weight = 0.1;
  double regularization = 0.003;
  double frequency_exponent = 1;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("dimension", dimension, "Width of the vectors of shoppers and items.", Bounds{1, 2048});
    visit("epochs", epochs, "Alternations: all shoppers are solved for, then all items.", Bounds{1, 1000});
    visit("unobserved_weight", unobserved_weight,
          "Weight of the squared score of each pair of shopper and item, beside 1 for the error of each pair in the "
          "data.",
          Bounds{1e-6, 1e3});
    visit("regularization", regularization, "Weight of the squared norm of a vector, before it is scaled by frequency.",
          Bounds{1e-9, 1e6});
    visit("frequency_exponent", frequency_exponent,
          "A vector's regularization is multiplied by (its events + unobserved_weight x all pairs it takes part in) to "
          "this power.",
          Bounds{0, 1});
    TimeSettings::Visit(visit);
  }
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
