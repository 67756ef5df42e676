// How the served model is replaced by one that knows the newest events.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class JudgedEvents { kOrganic, kAll };
template <>
struct EnumNames<JudgedEvents> {
  static constexpr std::array<std::string_view, 2> kNames = {"organic", "all"};
};

struct RetrainGates {
  JudgedEvents events = JudgedEvents::kOrganic;

  std::string metric = "ndcg@10";
  double max_loss = 0.02;
  std::int64_t min_shoppers = 100;
  std::int64_t min_events = 200;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("events", events,
          "What shoppers of the test part are to be found for: `organic` leaves out events that followed an answer "
          "(`data.events.columns.request_id`), because the serving version chose what was seen; `all` judges by "
          "those, too, and favors the serving version. Without that column no event is known to follow one.");
    visit("metric", metric,
          "What decides, on the test part under the first rule of `evaluate.seen`: recall@k, ndcg@k, hit_rate@k or "
          "mrr@k.");
    visit("max_loss", max_loss,
          "The new model is refused if its figure is lower than that of the serving version by more than this share "
          "of it and chance does not explain it: the whole 95% interval of the difference lies lower. With "
          "`evaluate.bootstrap_samples: 0` there is no interval, and the figures decide.",
          Bounds{0, 1});
    visit("min_shoppers", min_shoppers, "With fewer shoppers to score there is no verdict, and nothing is published.",
          Bounds{1, 1e9});
    visit("min_events", min_events, "With fewer events to judge by there is none either.", Bounds{1, 1e12});
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
