// How the served model is replaced by one that knows the newest events.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

struct RetrainGates {
  std::string metric = "ndcg@10";
  double max_loss = 0.02;
  std::int64_t min_shoppers = 100;
  std::int64_t min_events = 200;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("metric", metric,
          "What decides, on the test part under the first rule of `evaluate.seen`: recall@k, ndcg@k, hit_rate@k or "
          "mrr@k.");
    visit("max_loss", max_loss,
          "The new model is published if its figure is lower than that of the serving version by at most this share "
          "of it.",
          Bounds{0, 1});
    visit("min_shoppers", min_shoppers, "With fewer shoppers to score there is no verdict, and nothing is published.",
          Bounds{1, 1e9});
    visit("min_events", min_events, "With fewer events in the test part there is none either.", Bounds{1, 1e12});
  }
};

struct RetrainSettings {
  std::string models;
  std::int64_t keep = 5;
  RetrainGates gates;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("models", models,
          "Directory of versions that servers serve, where `retrain` finds the serving version and publishes the next. "
          "Relative to the working directory.");
    visit("keep", keep, "Versions to keep there; older ones are removed. 0 keeps all.", Bounds{0, 1e6});
    visit("gates", gates, "What a model must hold up to before it is published.");
  }
};

}  // namespace shortlist
