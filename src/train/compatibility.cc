#include "train/compatibility.h"

#include <string>

#include "eval/ranking_metrics.h"
#include "shortlist/error.h"

namespace shortlist::train {
namespace {

void Require(bool holds, const char* problem) {
  if (!holds) throw Error(Code::kInvalidArgument, problem);
}

void CheckPrior(const Settings& settings) {
  const PriorSettings& prior = settings.model.prior;
  const bool recent = prior.kind == PriorKind::kRecentDemand && prior.learned;
  Require(
      !recent || settings.train.batch_order == BatchOrder::kTimeCoherent,
      "model.prior: a learned recent_demand needs train.batch_order: time_coherent, so that demand is one number per "
      "item and batch");
  Require(prior.further_windows_days.empty() || prior.learned,
          "model.prior.further_windows_days: their weights start at 0, so that they need model.prior.learned");
  Require(prior.refit.snapshots == 0 || recent,
          "model.prior.refit: only the weights of a learned recent_demand are fitted anew; set model.prior.learned and "
          "kind: recent_demand, or refit.snapshots: 0");
}

void CheckHardNegatives(const TrainSettings& train, int ranks) {
  const HardNegativeSettings& hard = train.negatives.hard;
  if (hard.per_example == 0) return;
  Require(ranks == 1,
          "train.negatives.hard.per_example: hard negatives are searched for with the whole model, which no rank of "
          "several has; train on one rank, or set it to 0");
  Require(hard.first_rank < hard.last_rank,
          "train.negatives.hard: first_rank must be below last_rank, so that there are ranks to draw from");
  Require(train.mask_accidental_hits,
          "train.negatives.hard: an example's own item may be hard for another one, so that train.mask_accidental_hits "
          "must be true");
}

void CheckCandidates(const TrainSettings& train) {
  const NegativeSettings& negatives = train.negatives;
  const bool draws = negatives.uniform > 0 || negatives.popular > 0;
  Require(train.candidates != CandidateRule::kCatalog || (!draws && negatives.hard.per_example == 0),
          "train.negatives: candidates: catalog has every item already; leave uniform, popular and hard.per_example at "
          "0, or choose candidates: in_batch or sampled");
  Require(train.candidates != CandidateRule::kSampled || draws,
          "train.candidates: sampled needs draws; set train.negatives.uniform or train.negatives.popular");
  Require(train.log_q_correction != LogQCorrection::kRefined || train.mask_accidental_hits,
          "train.log_q_correction: refined counts the positive once, so that train.mask_accidental_hits must be true");
}

}  // namespace

const Settings& RequireCompatible(const Settings& settings, int ranks) {
  CheckPrior(settings);
  CheckCandidates(settings.train);
  CheckHardNegatives(settings.train, ranks);
  eval::ParseMetric(settings.train.early_stop.metric, "train.early_stop.metric");
  return settings;
}

}  // namespace shortlist::train
