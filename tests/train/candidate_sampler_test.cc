#include "train/candidate_sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "tensor/backend.h"

namespace shortlist::train {
namespace {

using Vector = std::vector<double>;

const Vector kShares = {0.5, 0.25, 0.15, 0.1, 0};
constexpr std::size_t kItems = 5;
const std::vector<std::int32_t> kCatalog = {0, 1, 2, 3, 4};

model::TrainBatch Choose(const TrainSettings& settings, const std::vector<std::int32_t>& positives,
                         std::uint64_t seed = 1, const std::vector<std::int32_t>& hard = {}) {
  model::TrainBatch batch;
  RandomSequence random = {seed};
  CandidateSampler(kShares, kCatalog, settings).Choose(positives, hard, random, batch);
  return batch;
}

TEST(CandidateSampler, ABatchIsItsOwnCandidates) {
  const model::TrainBatch batch = Choose({}, {2, 2, 1});
  EXPECT_EQ(batch.candidates, (std::vector<std::int32_t>{2, 2, 1}));
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(batch.first_negative, 0);
  EXPECT_NEAR(batch.log_q.at(2), std::log(0.25), 1e-6);
  EXPECT_TRUE(batch.positive_bias.empty());
}

TEST(CandidateSampler, SampledCandidatesShowPositivesToTheirRowsAlone) {
  TrainSettings settings;
  settings.candidates = CandidateRule::kSampled;
  settings.negatives.popular = 6;
  const model::TrainBatch batch = Choose(settings, {2, 0});
  EXPECT_EQ(batch.first_negative, 2);
  EXPECT_EQ(batch.candidates.size(), 8U);
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{0, 1}));
}

// Of many draws, each item's share is what log_q says.
TEST(CandidateSampler, DrawsAsOftenAsLogQSays) {
  TrainSettings settings;
  settings.candidates = CandidateRule::kSampled;
  settings.negatives.uniform = 20000;
  settings.negatives.popular = 60000;
  settings.negatives.popularity_exponent = 0.5;
  const model::TrainBatch batch = Choose(settings, {0});
  std::vector<double> count(kItems, 0);
  std::vector<double> log_q(kItems, 0);
  for (std::size_t n = 1; n < batch.candidates.size(); ++n) {
    const auto item = static_cast<std::size_t>(batch.candidates[n]);
    ++count[item];
    log_q[item] = batch.log_q[n];
  }
  for (std::size_t item = 0; item < kItems; ++item) {
    const double columns = static_cast<double>(batch.candidates.size());
    EXPECT_NEAR(count[item] / columns, std::exp(log_q[item]), 0.01) << item;
  }
  EXPECT_NEAR(std::exp(log_q[4]) * 80001, 4000, 1) << "an item without examples is drawn uniformly alone";
}

TEST(CandidateSampler, HardNegativesAreThereOnceAndNowhereElse) {
  TrainSettings settings;
  settings.negatives.uniform = 50;
  const model::TrainBatch batch = Choose(settings, {2, 0, 1}, 1, {3, 0, 3});
  EXPECT_EQ(batch.first_negative, 1) << "the column of 0 is there for its own row alone";
  EXPECT_EQ(batch.candidates.front(), 0);
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{1, 0, 2}));
  const auto negatives = std::span(batch.candidates).subspan(1);
  EXPECT_EQ(std::ranges::count(negatives, 0), 1);
  EXPECT_EQ(std::ranges::count(negatives, 3), 1);
  const double columns = static_cast<double>(batch.candidates.size());
  EXPECT_NEAR(batch.log_q.back(), std::log(1 / columns), 1e-6) << "certain: there once, of all columns";
}

// As catalog and as what uniform negatives are drawn from.
TEST(CandidateSampler, ItemsWithoutEventsAreNoCandidates) {
  TrainSettings settings;
  settings.candidates = CandidateRule::kCatalog;
  model::TrainBatch batch;
  RandomSequence random = {1};
  const std::vector<std::int32_t> positives = {3, 0};
  CandidateSampler(kShares, {0, 2, 3}, settings).Choose(positives, {}, random, batch);
  EXPECT_EQ(batch.candidates, (std::vector<std::int32_t>{0, 2, 3}));
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{2, 0}));

  settings.candidates = CandidateRule::kSampled;
  settings.negatives.uniform = 300;
  batch = {};
  CandidateSampler(kShares, {0, 2, 3}, settings).Choose(positives, {}, random, batch);
  EXPECT_EQ(std::set<std::int32_t>(batch.candidates.begin(), batch.candidates.end()),
            (std::set<std::int32_t>{0, 2, 3}));
}

TEST(CandidateSampler, WithoutCorrectionThereIsNoLogQ) {
  TrainSettings settings;
  settings.log_q_correction = LogQCorrection::kNone;
  EXPECT_TRUE(Choose(settings, {2, 0}).log_q.empty());
}

TEST(CandidateSampler, SaysHowManyCandidatesAStepHas) {
  TrainSettings settings;
  settings.batch_size = 64;
  settings.negatives.uniform = 5;
  settings.negatives.popular = 3;
  settings.negatives.hard = {.per_example = 2, .share_of_examples = 0.1};
  EXPECT_EQ(CandidatesOfStep(settings, 1000), 64 + 5 + 3 + 2 * 7);
  settings.candidates = CandidateRule::kCatalog;
  EXPECT_EQ(CandidatesOfStep(settings, 1000), 1000);
}

// The mean gradient of a sampled softmax against that of the softmax over the catalog, for one shopper whose logits
// are given. With one-hot candidates and the logits as the query, the gradient of the query is that of the logits.
class SampledGradient {
 public:
  explicit SampledGradient(const TrainSettings& settings)
      : sampler_(kShares, kCatalog, settings), settings_(settings) {}

  // Mean over `batches` batches of `rows` rows, the first of which has the positive.
  Vector Mean(std::int32_t positive, int rows, int batches, const std::vector<std::int32_t>& hard = {}) {
    Vector sum(kItems, 0.0);
    for (int b = 0; b < batches; ++b) {
      RandomSequence random = {7, static_cast<std::uint64_t>(b)};
      std::vector<std::int32_t> positives = {positive};
      while (static_cast<int>(positives.size()) < rows) positives.push_back(DrawExample(random));
      model::TrainBatch batch;
      sampler_.Choose(positives, hard, random, batch);
      Add(batch, sum);
    }
    for (double& value : sum) value /= batches;
    return sum;
  }

  Vector Full(std::int32_t positive) const {
    Vector gradient(logits_.begin(), logits_.end());
    for (double& value : gradient) value = std::exp(value);
    const double sum = std::accumulate(gradient.begin(), gradient.end(), 0.0);
    for (double& value : gradient) value /= sum;
    gradient[static_cast<std::size_t>(positive)] -= 1;
    return gradient;
  }

  double Bias(std::int32_t positive, int rows, int batches, const std::vector<std::int32_t>& hard = {}) {
    const Vector mean = Mean(positive, rows, batches, hard);
    const Vector full = Full(positive);
    double squared = 0;
    for (std::size_t i = 0; i < kItems; ++i) squared += (mean[i] - full[i]) * (mean[i] - full[i]);
    return std::sqrt(squared);
  }

 private:
  // A dot product with a one-hot candidate is that item's logit.
  const std::vector<float> logits_ = {1.2F, 0.4F, 1.6F, -0.3F, 0.1F};

  static std::int32_t DrawExample(RandomSequence& random) {
    double left = random.Uniform();
    std::int32_t item = 0;
    while (left >= kShares[static_cast<std::size_t>(item)]) left -= kShares[static_cast<std::size_t>(item++)];
    return item;
  }

  // The gradient of the first row's loss.
  void Add(const model::TrainBatch& batch, Vector& sum) {
    const auto columns = static_cast<std::int64_t>(batch.candidates.size());
    std::vector<float> candidates(batch.candidates.size() * kItems, 0.0F);
    std::vector<float> bias;
    for (std::size_t n = 0; n < batch.candidates.size(); ++n) {
      candidates[n * kItems + static_cast<std::size_t>(batch.candidates[n])] = 1;
      bias.push_back(-batch.log_q[n]);
    }
    std::vector<float> gradient(kItems);
    std::vector<float> candidate_gradient(candidates.size());
    float loss = 0;
    const float scale = 1;
    backend_->SoftmaxLoss({.queries = {logits_.data(), 1, kItems},
                           .candidates = {candidates.data(), columns, kItems},
                           .positives = batch.positives.data(),
                           .item_ids = batch.candidates.data(),
                           .bias = bias.data(),
                           .positive_bias = batch.positive_bias.empty() ? nullptr : batch.positive_bias.data(),
                           .first_negative = batch.first_negative,
                           .scale = &scale},
                          {.loss = &loss,
                           .query_gradient = {gradient.data(), 1, kItems},
                           .candidate_gradient = {candidate_gradient.data(), columns, kItems}});
    for (std::size_t i = 0; i < kItems; ++i) sum[i] += gradient[i];
  }

  CandidateSampler sampler_;
  TrainSettings settings_;
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

constexpr int kBatches = 20000;

TrainSettings Corrected(LogQCorrection correction) {
  TrainSettings settings;
  settings.log_q_correction = correction;
  settings.negatives.uniform = 8;  // so that the item without examples is met too
  return settings;
}

// The standard error of a mean of kBatches gradients is below .004.
TEST(CandidateSampler, RefinedCorrectionHasLessBiasThanPlain) {
  for (const CandidateRule rule : {CandidateRule::kInBatch, CandidateRule::kSampled}) {
    for (const std::int32_t positive : {0, 2, 3}) {
      TrainSettings plain = Corrected(LogQCorrection::kPlain);
      TrainSettings refined = Corrected(LogQCorrection::kRefined);
      plain.candidates = refined.candidates = rule;
      if (rule == CandidateRule::kSampled) plain.negatives.popular = refined.negatives.popular = 12;
      const double of_plain = SampledGradient(plain).Bias(positive, 16, kBatches);
      const double of_refined = SampledGradient(refined).Bias(positive, 16, kBatches);
      EXPECT_LT(of_refined, 0.5 * of_plain) << "positive " << positive << ": " << of_refined << " " << of_plain;
    }
  }
}

TEST(CandidateSampler, RefinedCorrectionComesToTheFullSoftmax) {
  TrainSettings settings = Corrected(LogQCorrection::kRefined);
  settings.negatives.uniform = 200;
  settings.negatives.popular = 100;
  EXPECT_LT(SampledGradient(settings).Bias(2, 400, 300), 0.01);
}

// An item that is certain costs no accuracy: with the two largest logits certain, the rest is nearly nothing to draw.
TEST(CandidateSampler, HardNegativesKeepTheGradientThatOfTheFullSoftmax) {
  SampledGradient gradient(Corrected(LogQCorrection::kRefined));
  const double without = gradient.Bias(1, 16, kBatches);
  EXPECT_LT(gradient.Bias(1, 16, kBatches, {0, 2}), std::max(0.005, 0.7 * without));
  EXPECT_LT(gradient.Bias(2, 16, kBatches, {0, 2}), 0.03) << "a positive that is hard for others counts once";
}

}  // namespace
}  // namespace shortlist::train
