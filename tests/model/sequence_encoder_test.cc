#include "model/sequence_encoder.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "model/initialize.h"
#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

constexpr EncoderKind kKinds[] = {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer};

std::vector<float> Wave(std::int64_t size) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(std::sin(1.3F * static_cast<float>(i + 1)));
  return values;
}

class EncoderHarness {
 public:
  EncoderHarness(EncoderKind kind, bool add_pools, double initial_deviation = 1) {
    spec_ = PlainSpec();
    spec_.settings.history.encoder.kind = kind;
    spec_.settings.history.encoder.add_pools = add_pools;
    spec_.settings.history.encoder.initial_decay = 0.5;
    spec_.settings.initial_deviation = initial_deviation;
    layout_.emplace(spec_);
    parameters_.emplace(*layout_, *backend_);
    Initialize(spec_, *layout_, 1, *backend_, *parameters_);
    encoder_ = MakeSequenceEncoder(spec_, *layout_, *backend_);
  }

  std::vector<float> Encode(const std::vector<float>& items, const std::vector<std::int64_t>& offsets,
                            const DropoutPlan& dropout = {}) {
    const std::int64_t rows = offsets.back();
    const tensor::SequencesView sequences = {offsets.data(), static_cast<std::int64_t>(offsets.size()) - 1, rows, rows};
    return Download(*backend_, encoder_->Forward(*parameters_, {items.data(), rows, 4}, sequences, dropout));
  }

 private:
  TwoTowerSpec spec_;
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  std::optional<ParameterLayout> layout_;
  std::optional<Parameters> parameters_;
  std::unique_ptr<SequenceEncoder> encoder_;
};

TEST(SequenceEncoder, APooledTowerHasNone) {
  const TwoTowerSpec spec = PlainSpec();
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  EXPECT_EQ(MakeSequenceEncoder(spec, ParameterLayout(spec), *backend), nullptr);
}

TEST(SequenceEncoder, ABeginningIsEncodedAsIfItStoodAlone) {
  const std::vector<float> items = Wave(20);
  for (const EncoderKind kind : kKinds) {
    EncoderHarness harness(kind, false);
    const std::vector<float> whole = harness.Encode(items, {0, 2, 5});
    const std::vector<float> first = harness.Encode(items, {0, 2});
    const std::vector<float> alone = harness.Encode({items.begin() + 8, items.begin() + 16}, {0, 2});
    for (std::size_t i = 0; i < 8; ++i) {
      EXPECT_NEAR(whole[i], first[i], 1e-6) << static_cast<int>(kind);
      EXPECT_NEAR(whole[8 + i], alone[i], 1e-6) << static_cast<int>(kind);
    }
  }
}

TEST(SequenceEncoder, ReadsTheOrder) {
  std::vector<float> items = Wave(12);
  // The transformer's branches are zero at the start, so that it reads the newest item alone.
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru}) {
    EncoderHarness harness(kind, false);
    const std::vector<float> before = harness.Encode(items, {0, 3});
    std::vector<float> swapped = items;
    std::swap_ranges(swapped.begin(), swapped.begin() + 4, swapped.begin() + 4);
    const std::vector<float> after = harness.Encode(swapped, {0, 3});
    double difference = 0;
    for (std::size_t i = 8; i < 12; ++i) difference += std::abs(before[i] - after[i]);
    EXPECT_GT(difference, 1e-3) << static_cast<int>(kind);
  }
}

TEST(SequenceEncoder, AttentionStartsAsAPoolThatDecays) {
  EncoderHarness harness(EncoderKind::kAttention, false);
  const std::vector<float> out = harness.Encode({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, {0, 3});
  const std::vector<float> expected = {.25F / 1.75F, .5F / 1.75F, 1 / 1.75F, 0};
  for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(out[8 + c], expected[c], 1e-6);
}

TEST(SequenceEncoder, WhatIsAddedToPoolsStartsAtZero) {
  for (const EncoderKind kind : {EncoderKind::kGru, EncoderKind::kTransformer}) {
    EncoderHarness harness(kind, true);
    EXPECT_EQ(harness.Encode(Wave(12), {0, 3}), std::vector<float>(12, 0.0F));
  }
}

// Layers compute with values around one, whatever the size of item vectors.
TEST(SequenceEncoder, ReturnsVectorsAsLargeAsThoseOfItems) {
  for (const EncoderKind kind : {EncoderKind::kGru, EncoderKind::kTransformer}) {
    EncoderHarness small(kind, false, 0.01);
    EncoderHarness large(kind, false, 1);
    const std::vector<float> of_small = small.Encode(Wave(12), {0, 3});
    const std::vector<float> of_large = large.Encode(Wave(12), {0, 3});
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(of_small[i], 0.01F * of_large[i], 1e-6) << static_cast<int>(kind);
  }
}

TEST(SequenceEncoder, DropsInTrainingOnly) {
  for (const EncoderKind kind : {EncoderKind::kGru, EncoderKind::kTransformer}) {
    EncoderHarness harness(kind, false);
    const std::vector<float> items = Wave(12);
    const std::vector<float> served = harness.Encode(items, {0, 3}, DropoutPlan().WithRate(0.5F));
    EXPECT_EQ(served, harness.Encode(items, {0, 3}));
    EXPECT_NE(served, harness.Encode(items, {0, 3}, DropoutPlan(0.5F, 1, 0)));
  }
}

}  // namespace
}  // namespace shortlist::model
