#include "model/initialize.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/scratch.h"

namespace shortlist::model {
namespace {

constexpr std::int64_t kModelRowsPerPass = 8192;

// One random stream per array, so that an array's values do not depend on the others' sizes.
class Initializer {
 public:
  Initializer(std::uint64_t seed, tensor::Backend& backend)
      : seed_(seed), backend_(backend), all_rows_(backend), picks_(backend) {}

  void Table(const std::vector<RowRun>& runs, const Parameters& parameters, double deviation) {
    const tensor::RandomKey key = {seed_, stream_++};
    for (const RowRun& run : runs) {
      const tensor::Matrix rows = RowsOf(run, parameters.table(run.held));
      if (!run.ids.empty()) {
        EachRow(run, rows, static_cast<float>(deviation), key);
      } else if (run.stride == 1) {
        Fill(rows, static_cast<float>(deviation), key, run.first);
      } else {
        EveryRow(run, rows, static_cast<float>(deviation), key);
      }
    }
  }
  void Normal(tensor::Matrix values, double deviation) {
    Fill(values, static_cast<float>(deviation), {seed_, stream_++}, 0);
  }
  void Layer(tensor::Matrix weight) { Normal(weight, 1.0 / std::sqrt(3.0 * static_cast<double>(weight.rows))); }
  void Constant(tensor::Matrix value, double constant) { Set(value, {static_cast<float>(constant)}); }
  void All(tensor::Matrix values, double constant) {
    Set(values, std::vector<float>(static_cast<std::size_t>(values.size()), static_cast<float>(constant)));
  }
  // Column c of every row is c * slope.
  void Slope(tensor::Matrix values, double slope) {
    std::vector<float> filled(static_cast<std::size_t>(values.size()));
    for (std::size_t i = 0; i < filled.size(); ++i) {
      filled[i] = static_cast<float>(slope * static_cast<double>(i % static_cast<std::size_t>(values.columns)));
    }
    Set(values, filled);
  }
  // All others are zero.
  void First(tensor::Matrix values, double first) {
    std::vector<float> filled(static_cast<std::size_t>(values.size()), 0.0F);
    filled.front() = static_cast<float>(first);
    Set(values, filled);
  }
  void Identity(tensor::Matrix square, double factor) {
    std::vector<float> values(static_cast<std::size_t>(square.size()), 0.0F);
    for (std::int64_t i = 0; i < square.rows; ++i) {
      values[static_cast<std::size_t>(i * square.columns + i)] = static_cast<float>(factor);
    }
    Set(square, values);
  }

 private:
  // The stream's rows from `first_row` on.
  void Fill(tensor::Matrix rows, float deviation, tensor::RandomKey key, std::int64_t first_row) {
    backend_.FillNormal(rows.data, rows.size(), deviation, key, first_row * rows.columns);
  }

  void EachRow(const RowRun& run, tensor::Matrix rows, float deviation, tensor::RandomKey key) {
    for (std::int64_t k = 0; k < rows.rows; ++k) {
      Fill({rows.data + k * rows.columns, 1, rows.columns}, deviation, key, run.ModelRow(k));
    }
  }

  // Draws all rows of the model, a part at a time, and keeps every `stride`-th: few large calls instead of one per row.
  void EveryRow(const RowRun& run, tensor::Matrix rows, float deviation, tensor::RandomKey key) {
    const std::int64_t rows_per_pass = std::max<std::int64_t>(1, kModelRowsPerPass / run.stride);
    for (std::int64_t begin = 0; begin < rows.rows; begin += rows_per_pass) {
      const std::int64_t count = std::min(rows_per_pass, rows.rows - begin);
      const tensor::Matrix all = all_rows_.Shape((count - 1) * run.stride + 1, rows.columns);
      Fill(all, deviation, key, run.ModelRow(begin));
      base::Bags picks;
      for (std::int64_t k = 0; k < count; ++k) {
        picks.Append(static_cast<std::int32_t>(k * run.stride), 1.0F);
        picks.EndRow();
      }
      backend_.GatherPool(all, picks_.Upload(picks), tensor::Write::kOverwrite,
                          {rows.data + begin * rows.columns, count, rows.columns});
      backend_.Synchronize();
    }
  }

  void Set(tensor::Matrix target, const std::vector<float>& values) {
    backend_.Upload(values.data(), target.data, values.size() * sizeof(float));
    backend_.Synchronize();
  }

  std::uint64_t seed_;
  std::uint64_t stream_ = 0;
  tensor::Backend& backend_;
  ScratchMatrix all_rows_;
  ScratchBags picks_;
};

void InitializeNorm(const NormLayout& norm, const Parameters& parameters, Initializer& initialize) {
  if (norm.gain != kAbsent) initialize.All(parameters.dense(norm.gain), 1);
}

void InitializeLayer(std::size_t weight, const Parameters& parameters, Initializer& initialize) {
  if (weight != kAbsent) initialize.Layer(parameters.dense(weight));
}

// Matrices that are not named here stay zero: those that end a branch, and the query of attention that stands for a
// pool, which therefore starts as one.
void InitializeEncoder(const EncoderSettings& settings, const EncoderLayout& layout, const Parameters& parameters,
                       Initializer& initialize) {
  InitializeNorm(layout.input_norm, parameters, initialize);
  InitializeNorm(layout.output_norm, parameters, initialize);
  for (const AttentionLayout& attention : layout.attentions) {
    InitializeNorm(attention.norm, parameters, initialize);
    if (settings.kind != EncoderKind::kAttention) InitializeLayer(attention.query, parameters, initialize);
    InitializeLayer(attention.key, parameters, initialize);
    InitializeLayer(attention.value, parameters, initialize);
    initialize.Slope(parameters.dense(attention.distance_bias), std::log(settings.initial_decay));
  }
  for (const FeedForwardLayout& perceptron : layout.feed_forwards) {
    InitializeNorm(perceptron.norm, parameters, initialize);
    InitializeLayer(perceptron.wide, parameters, initialize);
  }
  for (const GruLayout& gru : layout.grus) {
    InitializeLayer(gru.input, parameters, initialize);
    InitializeLayer(gru.recurrent, parameters, initialize);
  }
  if (!settings.add_pools) InitializeLayer(layout.output, parameters, initialize);
}

}  // namespace

void Initialize(const TwoTowerSpec& spec, const ParameterLayout& layout, const HeldRows& held, std::uint64_t seed,
                tensor::Backend& backend, Parameters& parameters) {
  const double deviation = spec.settings.initial_deviation;
  Initializer initialize(seed, backend);
  for (const std::vector<RowRun>& runs : held.runs) initialize.Table(runs, parameters, deviation);
  if (layout.item_dense != layout.kAbsent) initialize.Normal(parameters.dense(layout.item_dense), deviation);
  if (layout.context_dense != layout.kAbsent) initialize.Normal(parameters.dense(layout.context_dense), deviation);
  const double share = 1.0 / static_cast<double>(layout.pool_mixers.size());
  for (const std::size_t mixer : layout.pool_mixers) initialize.Identity(parameters.dense(mixer), share);
  for (const std::size_t weight : layout.user.weights) initialize.Layer(parameters.dense(weight));
  for (const std::size_t weight : layout.item.weights) initialize.Layer(parameters.dense(weight));
  InitializeEncoder(spec.settings.history.encoder, layout.encoder, parameters, initialize);
  if (layout.prior_weight != layout.kAbsent) {
    initialize.First(parameters.dense(layout.prior_weight), spec.settings.prior.weight);
  }
  initialize.Constant(parameters.dense(layout.scale), 1.0 / spec.settings.temperature);
}

void Initialize(const TwoTowerSpec& spec, const ParameterLayout& layout, std::uint64_t seed, tensor::Backend& backend,
                Parameters& parameters) {
  Initialize(spec, layout, HoldEverything(layout), seed, backend, parameters);
}

}  // namespace shortlist::model
