#include "model/two_tower_pass.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "model/initialize.h"
#include "model/solo_exchange.h"
#include "model/tiny_model.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::Matrix;

// A pass over one model, with its memory.
class Harness {
 public:
  Harness(TwoTowerSpec spec, ItemInputs items, AccidentalHits hits = AccidentalHits::kMask)
      : spec_(std::move(spec)),
        items_(std::move(items)),
        layout_(spec_),
        parameters_(layout_, *backend_),
        gradients_(layout_, *backend_),
        exchange_(layout_),
        pass_(spec_, layout_, items_.features, hits, exchange_, *backend_),
        loss_(backend_->Allocate(sizeof(float))) {
    Initialize(spec_, layout_, 5, *backend_, parameters_);
    Perturb(parameters_.flat_dense());
  }

  double Loss(const TrainBatch& batch, const DropoutPlan& dropout = {}) {
    pass_.Run(parameters_, batch, dropout, loss_.As<float>(), gradients_);
    return *loss_.As<float>();
  }

  std::vector<float> TableGradient(std::size_t table) {
    const Matrix shape = parameters_.table(table);
    std::vector<float> gradient(static_cast<std::size_t>(shape.size()), 0.0F);
    backend_->ScatterAdd(gradients_.uses(table), {gradient.data(), shape.rows, shape.columns});
    return gradient;
  }
  std::vector<float> DenseGradient(std::size_t index) { return Download(*backend_, gradients_.dense(index)); }

  const ParameterLayout& layout() const { return layout_; }
  Parameters& parameters() { return parameters_; }

 private:
  // So that no bias is exactly zero, where the derivative of a rectified unit jumps.
  static void Perturb(Matrix values) {
    for (std::int64_t i = 0; i < values.size(); ++i) values.data[i] += 0.05F * std::sin(static_cast<float>(i + 1));
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TwoTowerSpec spec_;
  ItemInputs items_;
  ParameterLayout layout_;
  Parameters parameters_;
  Gradients gradients_;
  SoloExchange exchange_;
  TwoTowerPass pass_;
  tensor::Buffer loss_;
};

// Central differences of the loss in every value of `parameter` agree with `gradient`.
void ExpectGradient(Harness& harness, const TrainBatch& batch, const DropoutPlan& dropout, const std::string& name,
                    Matrix parameter, const std::vector<float>& gradient) {
  constexpr float kStep = 4e-3F;
  ASSERT_EQ(static_cast<std::size_t>(parameter.size()), gradient.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const float value = parameter.data[i];
    parameter.data[i] = value + kStep;
    const double above = harness.Loss(batch, dropout);
    parameter.data[i] = value - kStep;
    const double below = harness.Loss(batch, dropout);
    parameter.data[i] = value;
    const double expected = (above - below) / (2.0 * kStep);
    EXPECT_NEAR(gradient[i], expected, 4e-4 + 4e-3 * std::abs(expected)) << name << "[" << i << "]";
  }
}

void ExpectAllGradients(Harness& harness, const TrainBatch& batch, const DropoutPlan& dropout) {
  harness.Loss(batch, dropout);
  std::vector<std::vector<float>> tables;
  std::vector<std::vector<float>> dense;
  const ParameterLayout& layout = harness.layout();
  for (std::size_t t = 0; t < layout.tables.size(); ++t) tables.push_back(harness.TableGradient(t));
  for (std::size_t d = 0; d < layout.dense.size(); ++d) dense.push_back(harness.DenseGradient(d));
  for (std::size_t t = 0; t < tables.size(); ++t) {
    ExpectGradient(harness, batch, dropout, layout.tables[t].name, harness.parameters().table(t), tables[t]);
  }
  for (std::size_t d = 0; d < dense.size(); ++d) {
    const bool used = std::ranges::any_of(dense[d], [](float value) { return value != 0; });
    EXPECT_TRUE(used) << layout.dense[d].name << " has no gradient at all";
    ExpectGradient(harness, batch, dropout, layout.dense[d].name, harness.parameters().dense(d), dense[d]);
  }
}

TEST(TwoTowerPass, GradientsOfEveryPartAreThoseOfTheLoss) {
  Harness harness(FullSpec(), FullItems());
  ExpectAllGradients(harness, FullBatch(), DropoutPlan());
}

TEST(TwoTowerPass, GradientsOfAPriorOfSeveralWindows) {
  TwoTowerSpec spec = FullSpec();
  spec.settings.prior.kind = PriorKind::kRecentDemand;
  spec.settings.prior.further_windows_days = {7, 90};
  TrainBatch batch = FullBatch();
  std::vector<float> windows;
  for (const float demand : batch.log_demand) windows.insert(windows.end(), {demand, 0.5F * demand, 1 - demand});
  batch.log_demand = windows;
  ItemInputs items = FullItems();
  items.log_demand.assign(3 * kTinyItems, 0.0F);
  Harness harness(spec, items);
  ExpectAllGradients(harness, batch, DropoutPlan());
}

TEST(TwoTowerPass, GradientsWithoutTheOtherRowsPositives) {
  Harness harness(FullSpec(), FullItems());
  TrainBatch batch = FullBatch();
  const double loss = harness.Loss(batch);
  batch.first_negative = 1;
  EXPECT_LT(harness.Loss(batch), loss) << "one candidate less";
  batch.positive_bias.assign(batch.positives.size(), -0.5F);
  EXPECT_GT(harness.Loss(batch), loss - 0.5);
  ExpectAllGradients(harness, batch, DropoutPlan());
  batch.positive_bias.pop_back();
  EXPECT_THROW(harness.Loss(batch), Error);
}

TEST(TwoTowerPass, GradientsFollowDropout) {
  Harness harness(FullSpec(), FullItems());
  ExpectAllGradients(harness, FullBatch(), DropoutPlan(0.4F, 3, 0));
}

// The batch's histories in order, with one more row that begins the first one's.
TrainBatch OrderedBatch(TrainBatch batch) {
  base::Sequences& sequences = batch.queries.sequences;
  sequences.items = MakeBags({{0}, {2}, {5}, {3}, {3}}, {{1}, {1}, {1}, {1}, {1}});
  sequences.offsets = {0, 3, 5};
  sequences.newest = MakeBags({{2}, {4}, {}}, {{1}, {1}, {}});
  return batch;
}

EncoderSettings SmallEncoder(EncoderKind kind) {
  EncoderSettings encoder;
  encoder.kind = kind;
  encoder.feed_forward = 3;
  return encoder;
}

// Away from the start, where branches are zero.
void FillEncoder(Harness& harness) {
  for (std::size_t d = 0; d < harness.layout().dense.size(); ++d) {
    if (!harness.layout().dense[d].name.starts_with("encoder.")) continue;
    const Matrix values = harness.parameters().dense(d);
    for (std::int64_t i = 0; i < values.size(); ++i) {
      values.data[i] += 0.3F * std::sin(static_cast<float>(7 * d) + 1.7F * static_cast<float>(i));
    }
  }
}

TEST(TwoTowerPass, GradientsOfEncoders) {
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer}) {
    for (const bool add_pools : {true, false}) {
      SCOPED_TRACE("encoder " + std::to_string(static_cast<int>(kind)) + (add_pools ? " with pools" : " alone"));
      TwoTowerSpec spec = PlainSpec();
      spec.settings.history.max_length = 2;  // biases by distance, the last of which several distances share
      spec.settings.history.encoder = SmallEncoder(kind);
      spec.settings.history.encoder.add_pools = add_pools;
      Harness harness(spec, PlainItems());
      FillEncoder(harness);
      ExpectAllGradients(harness, OrderedBatch(PlainBatch()), DropoutPlan());
    }
  }
}

TEST(TwoTowerPass, GradientsOfAnEncoderAmongAllOtherParts) {
  TwoTowerSpec spec = FullSpec();
  spec.settings.history.max_length = 2;
  spec.settings.history.encoder = SmallEncoder(EncoderKind::kTransformer);
  Harness harness(spec, FullItems());
  FillEncoder(harness);
  ExpectAllGradients(harness, OrderedBatch(FullBatch()), DropoutPlan(0.4F, 3, 0));
}

TEST(TwoTowerPass, RefusesABatchWithoutOrderForAnEncoder) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.history.encoder = SmallEncoder(EncoderKind::kGru);
  Harness harness(spec, PlainItems());
  try {
    harness.Loss(PlainBatch(), DropoutPlan());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("reads the order of histories"), std::string::npos) << error.what();
  }
}

TEST(TwoTowerPass, GradientsOfTheDotProductAndOfIdsAlone) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.similarity = Similarity::kDot;
  Harness harness(spec, PlainItems());
  ExpectAllGradients(harness, PlainBatch(), DropoutPlan());
}

TEST(TwoTowerPass, LossIsThatOfTheDefinition) {
  TwoTowerSpec spec = PlainSpec();
  spec.settings.similarity = Similarity::kDot;
  Harness harness(spec, PlainItems());
  TrainBatch batch = PlainBatch();
  const double loss = harness.Loss(batch);

  const Matrix table = harness.parameters().table(0);
  const double scale = harness.parameters().dense(harness.layout().scale).data[0];
  double expected = 0;
  const base::Bags& pool = batch.queries.pools.front();
  for (std::size_t r = 0; r < 3; ++r) {
    std::vector<double> exponentials(batch.candidates.size());
    for (std::size_t n = 0; n < batch.candidates.size(); ++n) {
      double dot = 0;
      for (auto i = pool.offsets[r]; i < pool.offsets[r + 1]; ++i) {
        for (std::int64_t d = 0; d < 4; ++d) {
          dot += pool.weights[i] * table.data[pool.ids[i] * 4 + d] * table.data[batch.candidates[n] * 4 + d];
        }
      }
      const bool hit = n != r && batch.candidates[n] == batch.candidates[r];
      exponentials[n] = hit ? 0 : std::exp(scale * dot - batch.log_q[n]);
    }
    double sum = 0;
    for (const double value : exponentials) sum += value;
    expected -= std::log(exponentials[r] / sum) / 3;
  }
  EXPECT_NEAR(loss, expected, 1e-5);
}

TEST(TwoTowerPass, AccidentalHitsCountOnlyIfKept) {
  Harness masked(PlainSpec(), PlainItems(), AccidentalHits::kMask);
  Harness kept(PlainSpec(), PlainItems(), AccidentalHits::kKeep);
  EXPECT_GT(kept.Loss(PlainBatch()), masked.Loss(PlainBatch()) + 0.01);
}

TEST(TwoTowerPass, ALargerBatchDoesNotLeakIntoTheNext) {
  Harness harness(FullSpec(), FullItems());
  TrainBatch small = FullBatch();
  const double before = harness.Loss(small);
  TrainBatch large = FullBatch();
  for (std::int32_t item = 0; item < kTinyItems; ++item) {
    large.candidates.push_back(item);
    large.log_q.push_back(-1);
    large.log_demand.push_back(1);
  }
  harness.Loss(large);
  EXPECT_EQ(harness.Loss(small), before);
}

// A rank without others that remembers what it was given to sum.
class RecordingExchange final : public StepExchange {
 public:
  explicit RecordingExchange(const ParameterLayout& layout)
      : solo_(layout), begun_(static_cast<std::size_t>(layout.dense_size), std::nanf("")) {}

  int rank() const override { return solo_.rank(); }
  int ranks() const override { return solo_.ranks(); }
  const HeldRows& held() const override { return solo_.held(); }
  ParameterView Read(const Parameters& held, std::span<const TableRead> reads) override {
    return solo_.Read(held, reads);
  }
  tensor::ConstMatrix Gather(tensor::ConstMatrix own, std::int64_t total) override { return solo_.Gather(own, total); }
  std::int64_t GatheredRows(std::int64_t total) const override { return solo_.GatheredRows(total); }
  void BeginScatterSum(Matrix gradient, std::int64_t total, std::int64_t own) override {
    solo_.BeginScatterSum(gradient, total, own);
  }
  tensor::ConstMatrix FinishScatterSum() override { return solo_.FinishScatterSum(); }
  void BeginReduce(const Gradients& gradients, std::span<const DenseRun> runs) override {
    for (const DenseRun& run : runs) {
      for (std::int64_t i = run.begin; i < run.end; ++i) {
        float& begun = begun_[static_cast<std::size_t>(i)];
        EXPECT_TRUE(std::isnan(begun)) << "value " << i << " is summed twice";
        begun = gradients.flat_dense().data[i];
      }
    }
    ++sums_;
  }
  void Reduce(float* loss, Gradients& gradients) override { solo_.Reduce(loss, gradients); }
  void Settle() noexcept override {}
  void AskToStop() override { solo_.AskToStop(); }
  bool stop_asked() const override { return solo_.stop_asked(); }

  const std::vector<float>& begun() const { return begun_; }
  int sums() const { return sums_; }

 private:
  SoloExchange solo_;
  std::vector<float> begun_;  // by place in the flat buffer
  int sums_ = 0;
};

// Each dense gradient is given away once, and as it is at the end of the pass.
TEST(TwoTowerPass, SumsOfDenseGradientsBeginWhenTheyAreFinal) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const TwoTowerSpec spec = FullSpec();
  const ItemInputs items = FullItems();
  const ParameterLayout layout(spec);
  Parameters parameters(layout, *backend);
  Initialize(spec, layout, 5, *backend, parameters);
  Gradients gradients(layout, *backend);
  RecordingExchange exchange(layout);
  TwoTowerPass pass(spec, layout, items.features, AccidentalHits::kMask, exchange, *backend);
  float loss = 0;
  pass.Run(parameters, FullBatch(), {}, &loss, gradients);
  EXPECT_EQ(exchange.begun(), Download(*backend, gradients.flat_dense()));
  EXPECT_EQ(exchange.sums(), 3);
}

void ExpectRefused(const TrainBatch& batch, const std::string& words) {
  Harness harness(FullSpec(), FullItems());
  try {
    harness.Loss(batch);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(TwoTowerPass, RefusesBatchesThatDoNotFit) {
  TrainBatch batch = FullBatch();
  batch.log_demand.clear();
  ExpectRefused(batch, "prior");
  batch = FullBatch();
  batch.queries.pools.pop_back();
  ExpectRefused(batch, "pools");
  batch = FullBatch();
  batch.log_q.pop_back();
  ExpectRefused(batch, "log_q");
  ExpectRefused(TrainBatch(), "no rows");
}

}  // namespace
}  // namespace shortlist::model
