#include "train/candidate_sampler.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace shortlist::train {
namespace {

std::vector<std::int32_t> Distinct(std::span<const std::int32_t> items) {
  std::vector<std::int32_t> distinct(items.begin(), items.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return distinct;
}

std::vector<double> SumsOfPowers(std::span<const double> shares, double exponent) {
  std::vector<double> sums;
  sums.reserve(shares.size());
  double sum = 0;
  for (const double share : shares) sums.push_back(sum += share > 0 ? std::pow(share, exponent) : 0);
  return sums;
}

}  // namespace

std::int64_t HardCandidates(const TrainSettings& settings) {
  const HardNegativeSettings& hard = settings.negatives.hard;
  return hard.per_example *
         static_cast<std::int64_t>(std::ceil(hard.share_of_examples * static_cast<double>(settings.batch_size)));
}

std::int64_t CandidatesOfStep(const TrainSettings& settings, std::int64_t items) {
  if (settings.candidates == CandidateRule::kCatalog) return items;
  return settings.batch_size + settings.negatives.uniform + settings.negatives.popular + HardCandidates(settings);
}

CandidateSampler::CandidateSampler(std::vector<double> positive_share, std::vector<std::int32_t> catalog,
                                   const TrainSettings& settings)
    : positive_share_(std::move(positive_share)),
      catalog_(std::move(catalog)),
      popular_up_to_(SumsOfPowers(positive_share_, settings.negatives.popularity_exponent)),
      rule_(settings.candidates),
      negatives_(settings.negatives),
      correction_(settings.log_q_correction) {}

void CandidateSampler::Choose(std::span<const std::int32_t> positives, std::span<const std::int32_t> hard,
                              RandomSequence& random, model::TrainBatch& out) const {
  if (rule_ == CandidateRule::kCatalog) return ChooseCatalog(positives, out);
  const std::vector<std::int32_t> certain = Distinct(hard);
  AddPositives(positives, certain, out);
  AddDraws(certain, random, out);
  out.candidates.insert(out.candidates.end(), certain.begin(), certain.end());
  if (correction_ == LogQCorrection::kNone) return;
  SetLogQ(certain.size(), out);
  if (correction_ == LogQCorrection::kRefined) SetPositiveBias(out);
}

void CandidateSampler::ChooseCatalog(std::span<const std::int32_t> positives, model::TrainBatch& out) const {
  out.candidates = catalog_;
  for (const std::int32_t item : positives) {
    out.positives.push_back(static_cast<std::int32_t>(std::ranges::lower_bound(catalog_, item) - catalog_.begin()));
  }
}

void CandidateSampler::AddPositives(std::span<const std::int32_t> positives, std::span<const std::int32_t> hard,
                                    model::TrainBatch& out) const {
  const auto is_negative = [&](std::int32_t item) {
    return rule_ == CandidateRule::kInBatch && !std::ranges::binary_search(hard, item);
  };
  out.positives.resize(positives.size());
  for (const bool negative : {false, true}) {
    for (std::size_t row = 0; row < positives.size(); ++row) {
      if (is_negative(positives[row]) != negative) continue;
      out.positives[row] = static_cast<std::int32_t>(out.candidates.size());
      out.candidates.push_back(positives[row]);
    }
    if (!negative) out.first_negative = static_cast<std::int64_t>(out.candidates.size());
  }
}

void CandidateSampler::AddDraws(std::span<const std::int32_t> hard, RandomSequence& random,
                                model::TrainBatch& out) const {
  const auto add = [&](std::int32_t item) {
    if (!std::ranges::binary_search(hard, item)) out.candidates.push_back(item);
  };
  for (std::int64_t n = 0; n < negatives_.uniform; ++n) {
    add(catalog_[static_cast<std::size_t>(random.Below(catalog_.size()))]);
  }
  for (std::int64_t n = 0; n < negatives_.popular; ++n) add(DrawPopular(random));
}

std::int32_t CandidateSampler::DrawPopular(RandomSequence& random) const {
  const auto drawn = std::ranges::upper_bound(popular_up_to_, random.Uniform() * popular_up_to_.back());
  return static_cast<std::int32_t>(drawn - popular_up_to_.begin());
}

double CandidateSampler::ExpectedDraws(std::int32_t item, double rows) const {
  const auto at = static_cast<std::size_t>(item);
  const double below = at == 0 ? 0 : popular_up_to_[at - 1];
  const double of_popular = (popular_up_to_[at] - below) / popular_up_to_.back();
  const double of_batch = rule_ == CandidateRule::kInBatch ? rows * positive_share_[at] : 0;
  return of_batch + static_cast<double>(negatives_.uniform) / static_cast<double>(catalog_.size()) +
         static_cast<double>(negatives_.popular) * of_popular;
}

// As shares of the columns, so that logits keep their size whatever the number of columns.
void CandidateSampler::SetLogQ(std::size_t hard, model::TrainBatch& out) const {
  const auto columns = static_cast<double>(out.candidates.size());
  const auto rows = static_cast<double>(out.positives.size());
  const double draws_of_batch = correction_ == LogQCorrection::kRefined ? rows - 1 : rows;
  const std::size_t drawn = out.candidates.size() - hard;
  out.log_q.resize(out.candidates.size(), static_cast<float>(-std::log(columns)));
  for (std::size_t n = 0; n < drawn; ++n) {
    // Nothing is drawn in a batch of one row; its positive has no competitors.
    const double expected = std::max(ExpectedDraws(out.candidates[n], draws_of_batch), 1e-30);
    out.log_q[n] = static_cast<float>(std::log(expected / columns));
  }
}

// Takes back the correction of the positive, and gives it the weight of what is there once.
void CandidateSampler::SetPositiveBias(model::TrainBatch& out) const {
  const double certain = -std::log(static_cast<double>(out.candidates.size()));
  for (const std::int32_t positive : out.positives) {
    out.positive_bias.push_back(static_cast<float>(out.log_q[static_cast<std::size_t>(positive)] - certain));
  }
}

}  // namespace shortlist::train
