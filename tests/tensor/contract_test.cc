#include "tensor/contract.h"

#include <functional>

#include <gmock/gmock.h>

#include "shortlist/error.h"

namespace shortlist::tensor::contract {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

float values[64];
std::int32_t ids[8];
std::int64_t offsets[8];

ConstMatrix Shaped(std::int64_t rows, std::int64_t columns) {
  return {values, rows, columns};
}

Matrix Writable(std::int64_t rows, std::int64_t columns) {
  return {values, rows, columns};
}

BagsView Bags(std::int64_t rows, std::int64_t count) {
  return {ids, values, offsets, rows, count};
}

// Runs `check` and returns the message of the error that it must throw.
std::string Refusal(const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(ContractTest, GatherPoolNamesTheShapes) {
  GatherPool(Shaped(5, 4), Bags(3, 6), Shaped(3, 4));
  EXPECT_EQ(Refusal([] { GatherPool(Shaped(5, 4), Bags(3, 6), Shaped(3, 5)); }),
            "GatherPool: out is [3, 5], expected [3, 4]");
}

TEST(ContractTest, NullDataIsFineOnlyIfEmpty) {
  GatherPool({nullptr, 0, 4}, {}, {nullptr, 0, 4});
  EXPECT_EQ(Refusal([] {
              GatherPool({nullptr, 5, 4}, Bags(3, 6), Shaped(3, 4));
            }),
            "GatherPool: table is null but has 20 elements");
  EXPECT_EQ(Refusal([] {
              GatherPool(Shaped(5, 4), {ids, nullptr, offsets, 3, 6}, Shaped(3, 4));
            }),
            "GatherPool: bags.weights is null but has 6 elements");
}

TEST(ContractTest, NegativeExtents) {
  EXPECT_THAT(Refusal([] { GatherPool(Shaped(-1, 4), Bags(0, 0), Shaped(0, 4)); }), HasSubstr("[-1, 4]"));
  EXPECT_THAT(Refusal([] { GatherPool(Shaped(5, 4), Bags(-2, 0), Shaped(-2, 4)); }), HasSubstr("-2 rows"));
  EXPECT_THAT(Refusal([] { GatherPool(Shaped(5, 4), Bags(0, 3), Shaped(0, 4)); }), HasSubstr("no rows"));
  EXPECT_THAT(Refusal([] { Array("Scale", "values", values, -3); }), HasSubstr("Scale: values"));
}

TEST(ContractTest, SparseUpdateNamesTheUse) {
  const std::vector<SparseGradient> good{{Bags(3, 6), Shaped(3, 4)}};
  const std::vector<SparseGradient> bad{{Bags(3, 6), Shaped(3, 4)}, {Bags(2, 2), Shaped(3, 4)}};
  SparseUpdate(Shaped(5, 4), Shaped(5, 9), good, {});
  EXPECT_EQ(Refusal([&] { SparseUpdate(Shaped(5, 4), Shaped(5, 9), bad, {}); }),
            "SparseUpdate: uses[1].grad is [3, 4], expected [2, 4]");
  EXPECT_EQ(Refusal([&] { SparseUpdate(Shaped(5, 4), Shaped(5, 4), good, {}); }),
            "SparseUpdate: state is [5, 4], expected [5, 9]");
  EXPECT_THAT(Refusal([&] { ScatterAdd(bad, Shaped(5, 4)); }), HasSubstr("ScatterAdd: uses[1].grad"));
}

TEST(ContractTest, Linear) {
  Linear(Shaped(3, 4), Shaped(4, 2), Shaped(3, 2));
  EXPECT_EQ(Refusal([] { Linear(Shaped(3, 4), Shaped(5, 2), Shaped(3, 2)); }),
            "Linear: weight is [5, 2], expected [4, 2]");
  EXPECT_EQ(Refusal([] { Linear(Shaped(3, 4), Shaped(4, 2), Shaped(3, 3)); }),
            "Linear: out is [3, 3], expected [3, 2]");
}

TEST(ContractTest, LinearBackwardChecksInputGradientOnlyIfWanted) {
  const auto check = [](ConstMatrix input_gradient, ConstMatrix weight_gradient) {
    LinearBackward(Shaped(3, 4), Shaped(4, 2), Shaped(3, 2), Shaped(3, 2), Shaped(3, 2), input_gradient,
                   weight_gradient);
  };
  check({}, Shaped(4, 2));
  check(Shaped(3, 4), Shaped(4, 2));
  EXPECT_THAT(Refusal([&] { check(Shaped(4, 3), Shaped(4, 2)); }), HasSubstr("input_gradient is [4, 3]"));
  EXPECT_THAT(Refusal([&] { check({}, Shaped(2, 4)); }), HasSubstr("weight_gradient is [2, 4]"));
}

TEST(ContractTest, NormalizeRows) {
  NormalizeRows(Shaped(3, 4), Shaped(3, 4), values);
  EXPECT_THAT(Refusal([] { NormalizeRows(Shaped(3, 4), Shaped(3, 4), nullptr); }), HasSubstr("norms is null"));
  EXPECT_THAT(Refusal([] { NormalizeRowsBackward(Shaped(3, 4), values, Shaped(2, 4), Shaped(3, 4)); }),
              HasSubstr("out_gradient is [2, 4]"));
}

TEST(ContractTest, LayerNorm) {
  LayerNorm(Shaped(3, 4), values, values, Shaped(3, 4), values);
  EXPECT_THAT(Refusal([] { LayerNorm(Shaped(3, 4), nullptr, values, Shaped(3, 4), values); }),
              HasSubstr("gain is null"));
  EXPECT_THAT(
      Refusal([] { LayerNormBackward(Shaped(3, 4), values, values, Shaped(3, 4), Shaped(3, 3), values, values); }),
      HasSubstr("LayerNormBackward: input_gradient is [3, 3]"));
}

TEST(ContractTest, CausalAttention) {
  AttentionInputs inputs;
  inputs.queries = inputs.keys = Shaped(5, 4);
  inputs.values = Shaped(5, 6);
  inputs.sequences = {offsets, 2, 5, 3};
  inputs.heads = 2;
  CausalAttention(inputs, Shaped(5, 6), values);
  EXPECT_THAT(Refusal([&] { CausalAttention(inputs, Shaped(5, 4), values); }), HasSubstr("out is [5, 4]"));
  inputs.sequences.longest = 2;
  EXPECT_EQ(Refusal([&] { CausalAttention(inputs, Shaped(5, 6), values); }),
            "CausalAttention: 2 sequences of 2 rows at the most do not make 5 rows");
  inputs.sequences.longest = 3;
  inputs.heads = 4;
  EXPECT_EQ(Refusal([&] { CausalAttention(inputs, Shaped(5, 6), values); }),
            "CausalAttention: 4 heads do not divide keys of width 4 and values of width 6");
  inputs.heads = 2;
  inputs.distance_bias = Shaped(2, 7);
  AttentionGradients gradients;
  gradients.queries = gradients.keys = Writable(5, 4);
  gradients.values = Writable(5, 6);
  EXPECT_THAT(Refusal([&] { CausalAttentionBackward(inputs, Shaped(5, 6), values, Shaped(5, 6), gradients); }),
              HasSubstr("gradients.distance_bias is [0, 0], expected [2, 7]"));
  gradients.distance_bias = Writable(2, 7);
  CausalAttentionBackward(inputs, Shaped(5, 6), values, Shaped(5, 6), gradients);
}

TEST(ContractTest, Gru) {
  const SequencesView sequences = {offsets, 2, 5, 3};
  Gru(Shaped(5, 6), sequences, Shaped(2, 6), Shaped(5, 2), Shaped(5, 8));
  EXPECT_EQ(Refusal([&] { Gru(Shaped(5, 6), sequences, Shaped(2, 6), Shaped(5, 2), Shaped(5, 6)); }),
            "Gru: gates is [5, 6], expected [5, 8]");
  EXPECT_THAT(Refusal([&] {
                GruBackward(sequences, Shaped(2, 6), Shaped(5, 2), Shaped(5, 8), Shaped(5, 2), Shaped(5, 6),
                            Shaped(5, 6), Shaped(2, 6));
              }),
              HasSubstr("scratch is [5, 6], expected [5, 8]"));
}

TEST(ContractTest, SoftmaxLoss) {
  SoftmaxLossInputs inputs{.queries = Shaped(3, 4), .candidates = Shaped(5, 4), .positives = ids, .scale = values};
  SoftmaxLossOutputs outputs{.loss = values, .query_gradient = Writable(3, 4), .candidate_gradient = Writable(5, 4)};
  SoftmaxLoss(inputs, outputs);
  outputs.candidate_gradient = Writable(4, 4);
  EXPECT_THAT(Refusal([&] { SoftmaxLoss(inputs, outputs); }),
              AllOf(HasSubstr("SoftmaxLoss: candidate_gradient is [4, 4]"), HasSubstr("expected [5, 4]")));
  outputs.candidate_gradient = Writable(5, 4);
  inputs.first_negative = 6;
  EXPECT_THAT(Refusal([&] { SoftmaxLoss(inputs, outputs); }), HasSubstr("first_negative is 6 of 5"));
  inputs.first_negative = 5;
  inputs.scale = nullptr;
  EXPECT_THAT(Refusal([&] { SoftmaxLoss(inputs, outputs); }), HasSubstr("scale is null"));
  inputs = {.queries = Shaped(3, 4), .candidates = Shaped(0, 4), .positives = ids, .scale = values};
  outputs.candidate_gradient = Writable(0, 4);
  EXPECT_THAT(Refusal([&] { SoftmaxLoss(inputs, outputs); }), HasSubstr("no candidates"));
}

TEST(ContractTest, DropoutRate) {
  Dropout(Shaped(3, 4), 0, 0);
  EXPECT_THAT(Refusal([&] { Dropout(Shaped(3, 4), 0, -1); }), HasSubstr("first is -1"));
  for (const float rate : {-.1F, 1.0F, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_THAT(Refusal([&] { Dropout(Shaped(3, 4), rate, 0); }), HasSubstr("expected [0, 1)"));
  }
}

TEST(ContractTest, DenseUpdate) {
  DenseUpdate(nullptr, nullptr, nullptr, 0, {});
  DenseUpdate(values, values, nullptr, 4, {.kind = OptimizerKind::kSgd});
  EXPECT_THAT(Refusal([] { DenseUpdate(values, values, nullptr, 4, {}); }), HasSubstr("state is null"));
}

TEST(ContractTest, TopK) {
  TopK(Shaped(3, 4), Shaped(5, 4), 1, {}, ids, values);
  EXPECT_EQ(Refusal([] { TopK(Shaped(3, 4), Shaped(5, 4), 0, {}, ids, values); }), "TopK: k is 0, expected at least 1");
  EXPECT_EQ(Refusal([] { TopK(Shaped(3, 4), Shaped(5, 4), 2, Bags(2, 2), ids, values); }),
            "TopK: excluded has 2 rows for 3 queries");
  EXPECT_EQ(Refusal([] { TopK(Shaped(3, 4), Shaped(5, 3), 2, {}, ids, values); }),
            "TopK: candidates is [5, 3], expected [5, 4]");
}

}  // namespace
}  // namespace shortlist::tensor::contract
