// Models that are solved for instead of trained step by step: as baselines of evaluate, and as models of their own.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

// What such models make of time.
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
          "Scores are multiplied by (an item's events in the last `evaluate.recent_days`, or "
          "`model.prior.window_days`, + 1) to this power; 0 leaves "
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
    visit("memory_gigabytes", memory_gigabytes,
          "The dense matrix may take this much, or else the baseline is skipped and the model is refused: 4 bytes for "
          "each pair of items, or of shoppers where these "
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

}  // namespace shortlist
