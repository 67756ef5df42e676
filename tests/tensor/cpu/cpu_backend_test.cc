#include "tensor/cpu/cpu_backend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

constexpr std::int64_t kRows = 700;
constexpr std::int64_t kColumns = 40;
constexpr std::int64_t kTableRows = 300;
constexpr std::int64_t kIdsPerRow = 9;

std::vector<float> RandomFloats(std::mt19937& random, std::int64_t count) {
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

// A small training step through every operation that adds things up, all intermediate results one behind the other.
std::vector<float> TrainingStep(Backend& backend) {
  std::mt19937 random(1);
  std::vector<float> table = RandomFloats(random, kTableRows * kColumns);
  std::vector<float> state(static_cast<std::size_t>(kTableRows * StateWidth(OptimizerKind::kAdam, kColumns)));
  std::vector<float> weight = RandomFloats(random, kColumns * kColumns);
  std::vector<std::int32_t> ids(kRows * kIdsPerRow);
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(random() % kTableRows);
  const std::vector<float> weights = RandomFloats(random, kRows * kIdsPerRow);
  std::vector<std::int64_t> offsets(kRows + 1);
  for (std::size_t r = 0; r < offsets.size(); ++r) offsets[r] = static_cast<std::int64_t>(r) * kIdsPerRow;
  const BagsView bags{ids.data(), weights.data(), offsets.data(), kRows, kRows * kIdsPerRow};
  std::vector<std::int32_t> positives(kRows);
  for (std::int32_t& positive : positives) positive = static_cast<std::int32_t>(random() % kTableRows);

  std::vector<float> pooled(kRows * kColumns);
  std::vector<float> hidden(kRows * kColumns);
  std::vector<float> normal(kRows * kColumns);
  std::vector<float> norms(kRows);
  std::vector<float> gradient(kRows * kColumns);
  std::vector<float> input_gradient(kRows * kColumns);
  std::vector<float> scratch(kRows * kColumns);
  std::vector<float> candidate_gradient(table.size());
  std::vector<float> weight_gradient(weight.size());
  std::vector<float> bias_gradient(kColumns);
  std::vector<float> scalars(4);
  const float scale = 10;
  const Matrix pooled_rows{pooled.data(), kRows, kColumns};
  const Matrix hidden_rows{hidden.data(), kRows, kColumns};
  const Matrix normal_rows{normal.data(), kRows, kColumns};
  const Matrix gradient_rows{gradient.data(), kRows, kColumns};
  const Matrix weight_matrix{weight.data(), kColumns, kColumns};
  const Matrix table_matrix{table.data(), kTableRows, kColumns};

  backend.GatherPool(table_matrix, bags, Write::kOverwrite, pooled_rows);
  backend.Linear(pooled_rows, weight_matrix, nullptr, Activation::kRelu, hidden_rows);
  backend.Dropout(hidden_rows, .2F, {1, 2}, 0);
  backend.NormalizeRows(hidden_rows, normal_rows, norms.data());
  backend.SoftmaxLoss(
      {.queries = normal_rows, .candidates = table_matrix, .positives = positives.data(), .scale = &scale},
      {.loss = &scalars[0],
       .query_gradient = gradient_rows,
       .candidate_gradient = {candidate_gradient.data(), kTableRows, kColumns},
       .scale_gradient = &scalars[1]});
  backend.NormalizeRowsBackward(normal_rows, norms.data(), gradient_rows, gradient_rows);
  backend.LinearBackward(pooled_rows, weight_matrix, hidden_rows, Activation::kRelu, gradient_rows,
                         {scratch.data(), kRows, kColumns}, {input_gradient.data(), kRows, kColumns}, Write::kOverwrite,
                         {weight_gradient.data(), kColumns, kColumns}, bias_gradient.data());
  backend.SquaredNorm(weight_gradient.data(), kColumns * kColumns, &scalars[2]);
  const std::vector<SparseGradient> uses{{bags, {input_gradient.data(), kRows, kColumns}}};
  backend.SparseUpdate(table_matrix, {state.data(), kTableRows, StateWidth(OptimizerKind::kAdam, kColumns)}, uses, {});

  std::vector<float> all = scalars;
  for (const auto* part : {&pooled, &normal, &gradient, &candidate_gradient, &weight_gradient, &bias_gradient,
                           &input_gradient, &table, &state}) {
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}

constexpr std::array kPrecisions = {Precision::kFloat32, Precision::kTensorFloat32, Precision::kBfloat16};

TEST(CpuBackendTest, ResultsDoNotDependOnTheNumberOfThreads) {
  for (const Precision precision : kPrecisions) {
    const std::vector<float> expected = TrainingStep(*MakeCpuBackend(1, precision));
    for (const int threads : {1, 2, 3, 5}) {
      const std::vector<float> actual = TrainingStep(*MakeCpuBackend(threads, precision));
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), actual.begin(), actual.end())) << threads << " threads";
    }
  }
}

// Length of the difference, as a share of the length of what is expected.
double RelativeError(const std::vector<float>& actual, const std::vector<float>& expected) {
  double difference = 0;
  double length = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    length += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(difference / length);
}

TEST(CpuBackendTest, PrecisionSaysHowFarAStepIsFromFloat32) {
  const std::vector<float> exact = TrainingStep(*MakeCpuBackend(1));
  EXPECT_LT(RelativeError(TrainingStep(*MakeCpuBackend(1, Precision::kTensorFloat32)), exact), 1e-4);
  const double rounded = RelativeError(TrainingStep(*MakeCpuBackend(1, Precision::kBfloat16)), exact);
  EXPECT_LT(rounded, 2e-2);
  const bool reduced = CpuPrecision(Precision::kBfloat16) == Precision::kBfloat16;
  EXPECT_EQ(rounded > 1e-4, reduced);
}

// The exact ranking is that of whole factors, whatever training reads of them.
TEST(CpuBackendTest, TopKReadsAllOfItsFactors) {
  const std::vector<float> queries(32, 1);
  std::vector<float> candidates(64, 1);
  candidates[63] = 1 + 0x1p-12F;
  std::vector<std::int32_t> ids(1);
  std::vector<float> scores(1);
  MakeCpuBackend(1, Precision::kBfloat16)
      ->TopK({queries.data(), 1, 32}, {candidates.data(), 2, 32}, 1, {}, ids.data(), scores.data());
  EXPECT_EQ(ids[0], 1);
}

TEST(CpuBackendTest, ProbabilitiesBelowTheSmallestNormalFloatAreZero) {
  const std::vector<float> queries(4, 1);
  const std::vector<float> candidates = {0, -87};  // exp(-87) is normal, its share of four rows is not
  const std::vector<std::int32_t> positives(4, 0);
  const float scale = 1;
  float loss = -1;
  std::vector<float> query_gradient(4, 9);
  std::vector<float> candidate_gradient(2, 9);
  MakeCpuBackend(1)->SoftmaxLoss({.queries = {queries.data(), 4, 1},
                                  .candidates = {candidates.data(), 2, 1},
                                  .positives = positives.data(),
                                  .scale = &scale},
                                 {.loss = &loss,
                                  .query_gradient = {query_gradient.data(), 4, 1},
                                  .candidate_gradient = {candidate_gradient.data(), 2, 1}});
  EXPECT_EQ(loss, 0);
  EXPECT_FLOAT_EQ(query_gradient.front(), -87 * std::exp(-87.0F) / 4);
  EXPECT_EQ(candidate_gradient, std::vector<float>(2, 0));
  EXPECT_NE(std::numeric_limits<float>::min() * scale / 2, 0) << "and the caller's arithmetic is as it was";
}

// A bfloat16 near 1 is as far as 2^-9 from what it stands for, which is more than what is left to learn here.
TEST(CpuBackendTest, WhatIsLeftToLearnOfAConfidentPositiveIsExact) {
  const std::vector<float> query = {1};
  const std::vector<float> candidates = {4.1F, -4};
  const std::int32_t positive = 0;
  const float scale = 1;
  float loss = -1;
  float query_gradient = 9;
  std::vector<float> candidate_gradient(2, 9);
  MakeCpuBackend(1, Precision::kBfloat16)
      ->SoftmaxLoss({.queries = {query.data(), 1, 1},
                     .candidates = {candidates.data(), 2, 1},
                     .positives = &positive,
                     .scale = &scale},
                    {.loss = &loss,
                     .query_gradient = {&query_gradient, 1, 1},
                     .candidate_gradient = {candidate_gradient.data(), 2, 1}});
  const double other = 1 / (1 + std::exp(8.1));
  constexpr double kTolerance = 0.05;
  EXPECT_NEAR(query_gradient, -8.1 * other, kTolerance * 8.1 * other);
  EXPECT_NEAR(candidate_gradient[0], -other, kTolerance * other);
  EXPECT_NEAR(candidate_gradient[1], other, kTolerance * other);
}

TEST(CpuBackendTest, OneThreadMayBeSharedByMany) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> expected = TrainingStep(*backend);
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (std::vector<float>& result : results) {
    threads.emplace_back([&] { result = TrainingStep(*backend); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& result : results) EXPECT_EQ(result, expected);
}

TEST(CpuBackendTest, MemoryIsAligned) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  for (const std::size_t bytes : {1, 4, 100, 4096}) {
    const Buffer buffer = backend->Allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.As<char>()) % 64, 0U);
  }
}

TEST(CpuBackendTest, AllocationThatFailsNamesItsSize) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  try {
    backend->Allocate(std::numeric_limits<std::size_t>::max() - 5);
    FAIL() << "got memory";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kResourceExhausted);
    EXPECT_NE(std::string(error.what()).find("18446744073709551610 bytes"), std::string::npos) << error.what();
  }
}

TEST(CpuBackendTest, ChecksShapesAndIdsBeforeItStarts) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  float table[4] = {};
  float out[2] = {};
  const std::int32_t id = 2;
  const float weight = 1;
  const std::int64_t offsets[2] = {0, 1};
  const BagsView bags{&id, &weight, offsets, 1, 1};
  EXPECT_THROW(backend->GatherPool({table, 2, 2}, bags, Write::kOverwrite, {out, 1, 1}), Error);
  EXPECT_THROW(backend->GatherPool({table, 2, 2}, bags, Write::kOverwrite, {out, 1, 2}), Error);
  const std::int32_t positive = 2;
  float loss = 0;
  EXPECT_THROW(backend->SoftmaxLoss(
                   {.queries = {table, 1, 2}, .candidates = {table, 2, 2}, .positives = &positive, .scale = &weight},
                   {.loss = &loss, .query_gradient = {out, 1, 2}, .candidate_gradient = {table, 2, 2}}),
               Error);
}

}  // namespace
}  // namespace shortlist::tensor
