// What fixes the shape and the meaning of a model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/closed_form.h"
#include "shortlist/settings/field.h"

namespace shortlist {

enum class PoolWeighting { kMean, kPositionDecay, kTimeDecay };
template <>
struct EnumNames<PoolWeighting> {
  static constexpr std::array<std::string_view, 3> kNames = {"mean", "position_decay", "time_decay"};
};

// One weighted average of the history. Several pools are mixed by learned weights.
struct PoolSettings {
  PoolWeighting weighting = PoolWeighting::kPositionDecay;
  double decay = 0.6;
  double half_life_days = 30;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("weighting", weighting,
          "`mean`: all alike; `position_decay`: decay^age in events; `time_decay`: halved every "
          "half_life_days before the request.");
    visit("decay", decay, "Factor per step back in the history for position_decay.", Bounds{0, 1});
    visit("half_life_days", half_life_days, "Days after which an event weighs half for time_decay.", Bounds{1e-6, 1e6});
  }
};

// What reads the order of the history, beside or instead of the pools.
enum class EncoderKind { kPooled, kAttention, kGru, kTransformer };
template <>
struct EnumNames<EncoderKind> {
  static constexpr std::array<std::string_view, 4> kNames = {"pooled", "attention", "gru", "transformer"};
};

struct EncoderSettings {
  EncoderKind kind = EncoderKind::kPooled;
  std::int64_t layers = 2;
  std::int64_t heads = 2;
  std::int64_t feed_forward = 128;
  double initial_decay = 0.6;
  double dropout = 0.2;
  bool add_pools = true;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "`pooled`: the weighted averages alone. `attention`: one more average, whose weights are learned from the "
          "items and their distance from the newest one. `gru`: a recurrent network. `transformer`: causal "
          "self-attention and perceptrons (SASRec). All but the first read the order of the history.");
    visit("layers", layers, "Layers of `gru` and blocks of `transformer`.", Bounds{1, 64});
    visit("heads", heads, "Heads of `attention` and `transformer`; they divide `model.dimension`.", Bounds{1, 256});
    visit("feed_forward", feed_forward, "Hidden width of the perceptrons of `transformer`.", Bounds{1, 65536});
    visit("initial_decay", initial_decay,
          "Attention starts with this factor per step back in the history, and learns one for every distance.",
          Bounds{1e-6, 1});
    visit("dropout", dropout, "Share of the encoder's activations dropped in training.", Bounds{0, 0.95});
    visit("add_pools", add_pools,
          "Add the pools to what the encoder returns, so that it starts as `pooled` and learns the difference.");
  }
};

struct HistorySettings {
  std::int64_t max_length = 50;
  std::vector<PoolSettings> pools = {PoolSettings{}};
  EncoderSettings encoder = {};

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("max_length", max_length, "Most recent events that are read.", Bounds{1, 100000});
    visit("pools", pools, "Weighted averages of the history's item vectors.");
    visit("encoder", encoder, "What reads the order of the history.");
  }
};

enum class Similarity { kCosine, kDot };
template <>
struct EnumNames<Similarity> {
  static constexpr std::array<std::string_view, 2> kNames = {"cosine", "dot"};
};

// An item's own logit term, carried in the index as one more coordinate of its vector.
enum class PriorKind { kNone, kPopularity, kRecentDemand };
template <>
struct EnumNames<PriorKind> {
  static constexpr std::array<std::string_view, 3> kNames = {"none", "popularity", "recent_demand"};
};

// The prior's weights, fitted once more after the towers.
struct PriorRefitSettings {
  std::int64_t snapshots = 0;
  double horizon_days = 28;
  std::int64_t max_shoppers = 2000;
  double regularization = 1e-3;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("snapshots", snapshots,
          "Times that the weights are fitted on, one horizon apart, the last one a horizon before the end of what is "
          "trained on; 0 keeps the weights of training. Their windows are what matters last before the present, where "
          "training weighs all times alike.",
          Bounds{0, 1000});
    visit("horizon_days", horizon_days,
          "The weights are fitted to the new items that shoppers took in this many days after a time.",
          Bounds{0.01, 1e5});
    visit("max_shoppers", max_shoppers, "Shoppers per snapshot at the most, evenly spaced.", Bounds{1, 1e9});
    visit("regularization", regularization,
          "Weight of the squared change of the weights beside the mean log loss of a shopper.", Bounds{1e-9, 1e6});
  }
};

struct PriorSettings {
  PriorKind kind = PriorKind::kNone;
  double window_days = 28;
  double weight = 0;
  bool learned = false;
  std::vector<double> further_windows_days = {};
  PriorRefitSettings refit = {};

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "Adds weight * log(events of the item + 1) to an item's logit: over all training events "
          "(`popularity`) or over the window before the request (`recent_demand`).");
    visit("window_days", window_days, "Window of recent_demand.", Bounds{0.01, 1e5});
    visit("weight", weight, "Weight at the start of training, or for good if it is not learned.", Bounds{-10, 10});
    visit("learned", learned,
          "Learn the weight inside the training logits. Otherwise it is added when vectors are "
          "written for search and evaluation, and training does not see it.");
    visit("further_windows_days", further_windows_days,
          "Further windows of a learned recent_demand, each with a weight of its own that starts at 0: a short and a "
          "long one beside window_days tell rising items from falling ones.",
          Bounds{0.01, 1e5});
    visit("refit", refit, "The fit of the weights of a learned recent_demand after the towers.");
  }
};

// How often, how recently and in what rhythm the shopper bought an item: logit terms of the shopper's own items.
enum class RepeatKind { kNone, kOwnPurchases };
template <>
struct EnumNames<RepeatKind> {
  static constexpr std::array<std::string_view, 2> kNames = {"none", "own_purchases"};
};

struct RepeatSettings {
  RepeatKind kind = RepeatKind::kNone;
  std::vector<double> half_lives_days = {30, 120, 1000};
  double horizon_days = 28;
  std::int64_t snapshots = 4;
  std::int64_t max_shoppers = 20000;
  double regularization = 1e-3;
  double emphasis = 1;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "`own_purchases`: an item that the shopper bought before gets further logit terms of frequency, recency and "
          "the interval between purchases, wherever such items may be recommended (`evaluate.seen`, `serve.seen`). "
          "Their weights are fitted after the towers, on training events.");
    visit("half_lives_days", half_lives_days, "Half lives of the frequencies of own purchases.", Bounds{1e-3, 1e6});
    visit(
        "horizon_days", horizon_days,
        "The weights are fitted to what shoppers bought in this many days after a time at which they are asked about.",
        Bounds{0.01, 1e5});
    visit("snapshots", snapshots,
          "Times that the weights are fitted on, one horizon apart; the last one lies a horizon before the end of what "
          "is trained on.",
          Bounds{1, 1000});
    visit("max_shoppers", max_shoppers, "Shoppers per snapshot at the most, evenly spaced.", Bounds{1, 1e9});
    visit("regularization", regularization, "Weight of the squared weights beside the mean log loss of a shopper.",
          Bounds{1e-9, 1e6});
    visit("emphasis", emphasis,
          "Factor of the fitted weights. They give every item its likely share of the purchases; the top of a list, "
          "where each item counts once, can gain from own items that stand out more.",
          Bounds{0, 100});
  }
};

// What a model is, and how it comes from events.
enum class ModelKind { kTwoTower, kPopularity, kItemKnn, kEase, kIals };
template <>
struct EnumNames<ModelKind> {
  static constexpr std::array<std::string_view, 5> kNames = {"two_tower", "popularity", "item_knn", "ease", "ials"};
};

// Whether it is solved for, instead of trained step by step.
constexpr bool IsClosedForm(ModelKind kind) {
  return kind != ModelKind::kTwoTower;
}

struct ModelSettings {
  ModelKind kind = ModelKind::kTwoTower;
  std::int64_t dimension = 64;
  Similarity similarity = Similarity::kCosine;
  double temperature = 0.05;
  bool learn_temperature = false;
  HistorySettings history;
  std::vector<std::int64_t> user_hidden = {128};
  bool user_residual = true;
  std::vector<std::int64_t> item_hidden;
  bool item_residual = true;
  double dropout = 0.3;
  double initial_deviation = 0.0128;
  PriorSettings prior;
  RepeatSettings repeat;
  ItemKnnSettings item_knn;
  EaseSettings ease;
  IalsSettings ials;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "`two_tower` is trained as `train` says. The others are solved for at once and read nothing but the events: "
          "`popularity`, the same order for everybody, of all events or, with `prior.kind: recent_demand`, of the last "
          "`prior.window_days`; `item_knn`, `ease` and `ials` as the group of that name says. Of `model` and `train` "
          "they read, beyond that, only `prior.window_days` and `include_validation`.");
    visit("dimension", dimension, "Width of the embeddings of two_tower.", Bounds{2, 65536});
    visit("similarity", similarity, "How user and item vectors are compared; cosine normalizes both.");
    visit("temperature", temperature, "Logits are similarity / temperature.", Bounds{1e-4, 100});
    visit("learn_temperature", learn_temperature, "Learn the temperature, from the value given.");
    visit("history", history, "How the shopper's history is read.");
    visit("user_hidden", user_hidden, "Hidden widths of the user tower's perceptron; empty for none.",
          Bounds{1, 65536});
    visit("user_residual", user_residual, "Add the perceptron's output to its input.");
    visit("item_hidden", item_hidden, "Hidden widths of the item tower's perceptron; empty for none.",
          Bounds{1, 65536});
    visit("item_residual", item_residual, "Add the perceptron's output to its input.");
    visit("dropout", dropout, "Share of the pooled history's and the perceptron's activations dropped in training.",
          Bounds{0, 0.95});
    visit("initial_deviation", initial_deviation, "Standard deviation of embedding rows at the start.", Bounds{0, 10});
    visit("prior", prior, "An item's own logit term.");
    visit("repeat", repeat, "Logit terms of items that the shopper bought before.");
    visit("item_knn", item_knn, "`kind: item_knn`: cosine item-item neighborhoods.");
    visit("ease", ease, "`kind: ease`: linear item-item model in closed form (Steck 2019).");
    visit("ials", ials,
          "`kind: ials`: matrix factorization of implicit feedback by alternating least squares (Rendle et al. 2021).");
  }
};

}  // namespace shortlist
