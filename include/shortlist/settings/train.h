// How a model is trained.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shortlist/settings/communication.h"
#include "shortlist/settings/field.h"
#include "shortlist/settings/negatives.h"

namespace shortlist {

enum class HistoryRule { kPrefix, kEarlier, kOthers };
template <>
struct EnumNames<HistoryRule> {
  static constexpr std::array<std::string_view, 3> kNames = {"prefix", "earlier", "others"};
};

enum class CandidateRule { kInBatch, kSampled, kCatalog };
template <>
struct EnumNames<CandidateRule> {
  static constexpr std::array<std::string_view, 3> kNames = {"in_batch", "sampled", "catalog"};
};

enum class LogQCorrection { kNone, kPlain, kRefined };
template <>
struct EnumNames<LogQCorrection> {
  static constexpr std::array<std::string_view, 3> kNames = {"none", "plain", "refined"};
};

enum class BatchOrder { kShuffled, kTimeCoherent, kByShopper };
template <>
struct EnumNames<BatchOrder> {
  static constexpr std::array<std::string_view, 3> kNames = {"shuffled", "time_coherent", "by_shopper"};
};

enum class SparseOptimizerKind { kSgd, kRowwiseAdagrad, kAdagrad, kAdam };
template <>
struct EnumNames<SparseOptimizerKind> {
  static constexpr std::array<std::string_view, 4> kNames = {"sgd", "rowwise_adagrad", "adagrad", "adam"};
};

enum class Sharding { kAuto, kReplicated, kSharded, kHybrid };
template <>
struct EnumNames<Sharding> {
  static constexpr std::array<std::string_view, 4> kNames = {"auto", "replicated", "sharded", "hybrid"};
};

struct OptimizerSettings {
  SparseOptimizerKind embeddings = SparseOptimizerKind::kAdam;
  double embedding_rate = 0.003;
  double dense_rate = 0.003;
  double beta1 = 0.9;
  double beta2 = 0.98;
  double weight_decay = 0;
  std::int64_t warmup_steps = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("embeddings", embeddings,
          "Optimizer of embedding tables; only rows that a step touches change. `adam` counts "
          "steps per row.");
    visit("embedding_rate", embedding_rate, "Learning rate of embedding tables.", Bounds{0, 10});
    visit("dense_rate", dense_rate, "Learning rate of Adam for all other parameters.", Bounds{0, 10});
    visit("beta1", beta1, "Decay of Adam's first moment.", Bounds{0, 0.99999});
    visit("beta2", beta2, "Decay of Adam's second moment.", Bounds{0, 0.999999});
    visit("weight_decay", weight_decay, "Decoupled weight decay (AdamW) of dense parameters.", Bounds{0, 1});
    visit("warmup_steps", warmup_steps, "Steps over which the rates rise from zero.", Bounds{0, 1e9});
  }
};

struct EarlyStopSettings {
  std::string metric = "ndcg@10";
  std::int64_t patience = 3;
  std::int64_t max_users = 10000;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("metric", metric,
          "Validation metric, computed after every epoch over the full catalog: recall@k, ndcg@k, "
          "hit_rate@k or mrr@k.");
    visit("patience", patience, "Stop after this many epochs without a new best; 0 never stops early.", Bounds{0, 1e6});
    visit("max_users", max_users, "Validation shoppers used, chosen by the seed; 0 for all.", Bounds{0, 1e9});
  }
};

struct TrainSettings {
  std::int64_t epochs = 10;
  std::int64_t batch_size = 1024;
  HistoryRule history_rule = HistoryRule::kPrefix;
  CandidateRule candidates = CandidateRule::kInBatch;
  NegativeSettings negatives;
  LogQCorrection log_q_correction = LogQCorrection::kPlain;
  bool mask_accidental_hits = true;
  BatchOrder batch_order = BatchOrder::kShuffled;
  bool include_validation = false;
  double gradient_clip_norm = 0;
  double weight_average_decay = 0;
  OptimizerSettings optimizer;
  EarlyStopSettings early_stop;
  CommunicationSettings communication;
  std::int64_t checkpoint_steps = 1000;
  std::int64_t max_steps = 0;
  Sharding sharding = Sharding::kAuto;
  double memory_gb = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("epochs", epochs, "Passes over the training examples at the most.", Bounds{1, 1e6});
    visit("batch_size", batch_size, "Examples per step.", Bounds{1, 1 << 20});
    visit("history_rule", history_rule,
          "What counts as the history of an example: `prefix`, the events before it; `earlier`, the events with an "
          "earlier time (never the same basket); `others`, all other training events (for unordered data).");
    visit("candidates", candidates,
          "What the softmax goes over: the items of the batch and the `negatives` (`in_batch`), an example's own item "
          "and the `negatives` (`sampled`), or all items with a training event (`catalog`).");
    visit("negatives", negatives, "Further candidates of the softmax.");
    visit("log_q_correction", log_q_correction,
          "Subtract from a candidate's logit the log of how often it is expected among the candidates: from every one "
          "(`plain`), or from all but the positive, which is not drawn but there for certain (`refined`, arXiv "
          "2507.09331).");
    visit("mask_accidental_hits", mask_accidental_hits, "Leave out candidates equal to the example's positive.");
    visit("batch_order", batch_order,
          "`shuffled`: examples in random order. `time_coherent`: batches hold examples of neighboring times, so that "
          "recent demand is one number per item and batch. `by_shopper`: the examples of a shopper stand together, so "
          "that a sequence encoder reads a history once for all of them.");
    visit("include_validation", include_validation,
          "Train on the validation part too, for a final fit with settings "
          "already chosen; early stopping is then off.");
    visit("gradient_clip_norm", gradient_clip_norm, "Scale dense gradients down to this norm; 0 for none.",
          Bounds{0, 1e6});
    visit("weight_average_decay", weight_average_decay,
          "Evaluate and save an exponential moving average of the "
          "weights with this decay per step; 0 for none.",
          Bounds{0, 0.99999});
    visit("optimizer", optimizer, "Optimizers and rates.");
    visit("early_stop", early_stop, "When to stop before the last epoch.");
    visit("communication", communication, "How the ranks of a job of several processes talk.");
    visit("checkpoint_steps", checkpoint_steps, "Steps between checkpoints; also written at every epoch's end.",
          Bounds{1, 1e9});
    visit("max_steps", max_steps, "Stop after this many steps; 0 for no limit.", Bounds{0, 1e12});
    visit("sharding", sharding,
          "Where a job of several ranks keeps embedding rows: `replicated`, all on every rank; `sharded`, each on one "
          "rank; `hybrid`, as sharded, and the items that nearly every step reads on every rank besides; `auto`, as "
          "`shortlist plan` says. What is computed is the same.");
    visit("memory_gb", memory_gb,
          "Memory of the device that a rank may take, in 10^9 bytes; a job that needs more is refused before it "
          "starts. 0 for no limit.",
          Bounds{0, 1e6});
  }
};

}  // namespace shortlist
