// The candidates of a step's softmax, and what each is corrected by so that the sampled softmax stands for the one over
// the whole catalog.
//
// Let draws of a step be n items from a mixture of samplers, of which e(c) are expected to be item c: the items of the
// batch, of which each is c with the share P(c) that c has in the training examples; uniform ones; popular ones, by
// P(c)^exponent. A hard negative is no draw: it is there once for certain, and draws of the same item are left out for
// all but the rows whose positive it is. Then
//
//   Z = exp(s_p) + sum over hard h of exp(s_h) + sum over draws i of exp(s_i) / e(i)
//
// without draws of the positive p (accidental hits) estimates the sum over the catalog without bias, and the loss of a
// row is -s_p + log Z.
//
// Plain correction (Yi et al., RecSys 2019; Bengio and Senecal 2008): the positive is divided by e(p) as well, as if it
// were a draw. It is not: it is there with probability 1, and the gradient's bias grows with P(p|u), the model's
// probability of the positive.
//
// Refined correction (Khrylchenko et al., RecSys 2025, arXiv 2507.09331) splits the full softmax's gradient
//   -ds_p + sum over c of P(c|u) ds_c = (1 - P(p|u)) (-ds_p + sum over c != p of P(c|u, c != p) ds_c)
// and samples the second factor alone:
//   L = stop_gradient(1 - P'(p|u)) (-s_p + log sum over draws i != p of exp(s_i - log Q'(i))),
//   P'(p|u) = exp(s_p) / (exp(s_p) + 1/n' sum over draws i != p of exp(s_i - log Q'(i))),
// Q'(c) = Q(c) / (1 - Q(p)) and n' the number of draws that are not p. Its gradient by s_p is -(1 - P'), and by s_i
// exp(s_i) / (n' Q'(i)) / (exp(s_p) + ...): exactly that of -s_p + log Z with n' Q'(i) for e(i). As n' is n (1 - Q(p))
// on average, n' Q'(i) is e(i) on average, and e(i) is what Z above takes, because a sum of any samplers has it. So
// the refined correction is the plain one without its correction of the positive, and the loss that is reported is
// that of Z. In a batch of B examples a row has B - 1 draws from the batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/train_batch.h"
#include "shortlist/settings/train.h"
#include "train/random_sequence.h"

namespace shortlist::train {

// Items that a step takes for hard negatives, at the most.
std::int64_t HardCandidates(const TrainSettings& settings);
// Candidates of a step, at the most.
std::int64_t CandidatesOfStep(const TrainSettings& settings, std::int64_t items);

// Thread-safe.
class CandidateSampler {
 public:
  // positive_share[c] is the share of the training examples whose item is c. `catalog` (rising) are the items with a
  // training event: others are no candidates, so that nothing is learned against what nobody could take.
  CandidateSampler(std::vector<double> positive_share, std::vector<std::int32_t> catalog,
                   const TrainSettings& settings);

  // Sets candidates, positives, first_negative, log_q and positive_bias for rows with these positives, of a whole
  // step. `random` draws; `hard` are the step's hard negatives, in any order.
  void Choose(std::span<const std::int32_t> positives, std::span<const std::int32_t> hard, RandomSequence& random,
              model::TrainBatch& out) const;

 private:
  void ChooseCatalog(std::span<const std::int32_t> positives, model::TrainBatch& out) const;
  // Columns of the positives, those in front that are no negatives.
  void AddPositives(std::span<const std::int32_t> positives, std::span<const std::int32_t> hard,
                    model::TrainBatch& out) const;
  void AddDraws(std::span<const std::int32_t> hard, RandomSequence& random, model::TrainBatch& out) const;
  std::int32_t DrawPopular(RandomSequence& random) const;
  // Of the candidates, of which the last `hard` are certain.
  void SetLogQ(std::size_t hard, model::TrainBatch& out) const;
  void SetPositiveBias(model::TrainBatch& out) const;
  // Draws of an item that are expected in a step of so many rows.
  double ExpectedDraws(std::int32_t item, double rows) const;

  std::vector<double> positive_share_;
  std::vector<std::int32_t> catalog_;
  std::vector<double> popular_up_to_;  // sums of share^exponent over items up to and with this one
  CandidateRule rule_;
  NegativeSettings negatives_;
  LogQCorrection correction_;
};

}  // namespace shortlist::train
