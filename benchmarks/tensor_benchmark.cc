// Rates of the CPU backend's operations on shapes of a training step, beside what the machine can do on one core:
// the product of two matrices (Gemm) and sums over memory (Stream, in and out of cache).
//
// flops counts what a step that keeps its logits needs (6 B N D for the softmax loss); bytes counts each float that
// must move, once.
#include <cblas.h>
#include <memory>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "tensor/backend.h"

namespace shortlist::tensor {
namespace {

using benchmark::Counter;

std::vector<float> RandomFloats(std::int64_t count) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

// As models hold them: in memory of the backend.
struct Floats {
  Floats(Backend& backend, std::int64_t count) : buffer(backend.Allocate(static_cast<std::size_t>(count) * 4)) {
    backend.Zero(data(), buffer.bytes());
  }
  float* data() const { return buffer.As<float>(); }

  Buffer buffer;
};

void CountFlops(benchmark::State& state, std::int64_t flops) {
  state.counters["flops"] = Counter(static_cast<double>(flops), Counter::kIsIterationInvariantRate);
}

void CountBytes(benchmark::State& state, std::int64_t floats) {
  state.counters["bytes"] = Counter(static_cast<double>(4 * floats), Counter::kIsIterationInvariantRate);
}

// Bags of a fixed length whose ids are drawn with probability 1 / (id + 10), as items are.
struct Histories {
  Histories(std::int64_t rows, std::int64_t length, std::int64_t table_rows)
      : weights(RandomFloats(rows * length)), offsets(static_cast<std::size_t>(rows + 1)) {
    std::mt19937 random(2);
    std::uniform_real_distribution<double> uniform(0, std::log1p(static_cast<double>(table_rows) / 10));
    for (std::int64_t i = 0; i < rows * length; ++i) {
      const auto id = static_cast<std::int64_t>(10 * std::expm1(uniform(random)));
      ids.push_back(static_cast<std::int32_t>(std::min(id, table_rows - 1) * 7919 % table_rows));
    }
    for (std::size_t r = 0; r < offsets.size(); ++r) offsets[r] = static_cast<std::int64_t>(r) * length;
  }
  BagsView view() const {
    return {ids.data(), weights.data(), offsets.data(), static_cast<std::int64_t>(offsets.size()) - 1,
            static_cast<std::int64_t>(ids.size())};
  }

  std::vector<std::int32_t> ids;
  std::vector<float> weights;
  std::vector<std::int64_t> offsets;
};

// m, n, k: the ceiling for everything that multiplies matrices.
void Gemm(benchmark::State& state) {
  openblas_set_num_threads(1);
  const auto m = static_cast<blasint>(state.range(0));
  const auto n = static_cast<blasint>(state.range(1));
  const auto k = static_cast<blasint>(state.range(2));
  const std::vector<float> a = RandomFloats(m * k);
  const std::vector<float> b = RandomFloats(n * k);
  std::vector<float> c(static_cast<std::size_t>(m * n));
  for ([[maybe_unused]] auto _ : state) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a.data(), k, b.data(), k, 0, c.data(), n);
  }
  CountFlops(state, 2 * state.range(0) * state.range(1) * state.range(2));
}
BENCHMARK(Gemm)->Args({1024, 1024, 1024})->Args({256, 256, 64})->Args({1024, 128, 64});

// Floats: the ceiling for everything that only moves them.
void Stream(benchmark::State& state) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> x = RandomFloats(state.range(0));
  std::vector<float> y = x;
  for ([[maybe_unused]] auto _ : state) backend->AddScaled(x.data(), 1e-9F, y.data(), state.range(0));
  CountBytes(state, 3 * state.range(0));
}
BENCHMARK(Stream)->Arg(1 << 15)->Arg(1 << 18)->Arg(1 << 21)->Arg(1 << 25);

// Rows, length, table rows, columns.
void GatherPool(benchmark::State& state) {
  const std::int64_t columns = state.range(3);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const Histories histories(state.range(0), state.range(1), state.range(2));
  const Floats table(*backend, state.range(2) * columns);
  std::vector<float> out(static_cast<std::size_t>(state.range(0) * columns));
  for ([[maybe_unused]] auto _ : state) {
    backend->GatherPool({table.data(), state.range(2), columns}, histories.view(), Write::kOverwrite,
                        {out.data(), state.range(0), columns});
  }
  CountBytes(state, (state.range(0) * state.range(1) + state.range(0)) * columns);
}
BENCHMARK(GatherPool)->Args({1024, 50, 12101, 64})->Args({1024, 50, 40981, 256})->Args({1024, 50, 1000000, 64});

// Rows, length, table rows, columns. Bytes: every gradient read, every touched row and its state read and written.
void SparseUpdate(benchmark::State& state) {
  const std::int64_t columns = state.range(3);
  const std::int64_t width = StateWidth(OptimizerKind::kAdam, columns);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const Histories histories(state.range(0), state.range(1), state.range(2));
  const Floats table(*backend, state.range(2) * columns);
  const Floats moments(*backend, state.range(2) * width);
  const std::vector<float> gradient = RandomFloats(state.range(0) * columns);
  const std::vector<SparseGradient> uses{{histories.view(), {gradient.data(), state.range(0), columns}}};
  for ([[maybe_unused]] auto _ : state) {
    backend->SparseUpdate({table.data(), state.range(2), columns}, {moments.data(), state.range(2), width}, uses, {});
  }
  std::vector<std::int32_t> distinct = histories.ids;
  std::sort(distinct.begin(), distinct.end());
  const auto touched = std::unique(distinct.begin(), distinct.end()) - distinct.begin();
  CountBytes(state, state.range(0) * state.range(1) * columns + touched * 2 * (columns + width));
  state.counters["touched"] = static_cast<double>(touched);
}
BENCHMARK(SparseUpdate)->Args({1024, 50, 12101, 64})->Args({1024, 50, 40981, 256})->Args({1024, 50, 1000000, 64});

const std::vector<std::int64_t> kPrecisions = {0, 1, 2};  // of enum Precision

// The last argument of operations whose products have a precision.
Precision PrecisionOf(const benchmark::State& state) {
  return static_cast<Precision>(state.range(3));
}

// Batch, inputs, outputs, precision. The largest are the ceilings of their precision.
void Linear(benchmark::State& state) {
  const auto batch = state.range(0);
  const auto inputs = state.range(1);
  const auto outputs = state.range(2);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1, PrecisionOf(state));
  const std::vector<float> input = RandomFloats(batch * inputs);
  const std::vector<float> weight = RandomFloats(inputs * outputs);
  const std::vector<float> bias = RandomFloats(outputs);
  std::vector<float> out(static_cast<std::size_t>(batch * outputs));
  for ([[maybe_unused]] auto _ : state) {
    backend->Linear({input.data(), batch, inputs}, {weight.data(), inputs, outputs}, bias.data(), Activation::kRelu,
                    {out.data(), batch, outputs});
  }
  CountFlops(state, 2 * batch * inputs * outputs);
}
BENCHMARK(Linear)->ArgsProduct({{1024}, {1024}, {1024}, kPrecisions});
BENCHMARK(Linear)->ArgsProduct({{1024}, {64}, {128}, kPrecisions})->ArgsProduct({{1024}, {256}, {512}, kPrecisions});

// Batch, inputs, outputs, precision.
void LinearBackward(benchmark::State& state) {
  const auto batch = state.range(0);
  const auto inputs = state.range(1);
  const auto outputs = state.range(2);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1, PrecisionOf(state));
  const std::vector<float> input = RandomFloats(batch * inputs);
  const std::vector<float> weight = RandomFloats(inputs * outputs);
  const std::vector<float> out = RandomFloats(batch * outputs);
  std::vector<float> scratch(out.size());
  std::vector<float> input_gradient(input.size());
  std::vector<float> weight_gradient(weight.size());
  std::vector<float> bias_gradient(static_cast<std::size_t>(outputs));
  const ConstMatrix outs{out.data(), batch, outputs};
  for ([[maybe_unused]] auto _ : state) {
    backend->LinearBackward({input.data(), batch, inputs}, {weight.data(), inputs, outputs}, outs, Activation::kRelu,
                            outs, {scratch.data(), batch, outputs}, {input_gradient.data(), batch, inputs},
                            Write::kOverwrite, {weight_gradient.data(), inputs, outputs}, bias_gradient.data());
  }
  CountFlops(state, 4 * batch * inputs * outputs);
}
BENCHMARK(LinearBackward)
    ->ArgsProduct({{1024}, {64}, {128}, kPrecisions})
    ->ArgsProduct({{1024}, {256}, {512}, kPrecisions});

// Queries, candidates, dimensions, precision.
void SoftmaxLoss(benchmark::State& state) {
  const auto rows = state.range(0);
  const auto columns = state.range(1);
  const auto dimensions = state.range(2);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1, PrecisionOf(state));
  const std::vector<float> queries = RandomFloats(rows * dimensions);
  const std::vector<float> candidates = RandomFloats(columns * dimensions);
  const std::vector<float> bias = RandomFloats(columns);
  std::vector<std::int32_t> positives;
  for (std::int64_t r = 0; r < rows; ++r) positives.push_back(static_cast<std::int32_t>(r % columns));
  std::vector<std::int32_t> item_ids;
  for (std::int64_t n = 0; n < columns; ++n) item_ids.push_back(static_cast<std::int32_t>(n * n % 5003));
  const float scale = 1;
  float loss = 0;
  float scale_gradient = 0;
  std::vector<float> query_gradient(queries.size());
  std::vector<float> candidate_gradient(candidates.size());
  for ([[maybe_unused]] auto _ : state) {
    backend->SoftmaxLoss({.queries = {queries.data(), rows, dimensions},
                          .candidates = {candidates.data(), columns, dimensions},
                          .positives = positives.data(),
                          .item_ids = item_ids.data(),
                          .bias = bias.data(),
                          .scale = &scale},
                         {.loss = &loss,
                          .query_gradient = {query_gradient.data(), rows, dimensions},
                          .candidate_gradient = {candidate_gradient.data(), columns, dimensions},
                          .scale_gradient = &scale_gradient});
  }
  CountFlops(state, 6 * rows * columns * dimensions);
}
BENCHMARK(SoftmaxLoss)
    ->ArgsProduct({{1024}, {1024, 4223, 40981}, {64}, kPrecisions})
    ->ArgsProduct({{1024}, {1024}, {256}, kPrecisions});

// Rows, columns. Bytes: read and written.
void NormalizeRows(benchmark::State& state) {
  const auto rows = state.range(0);
  const auto columns = state.range(1);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> input = RandomFloats(rows * columns);
  std::vector<float> out(input.size());
  std::vector<float> norms(static_cast<std::size_t>(rows));
  for ([[maybe_unused]] auto _ : state) {
    backend->NormalizeRows({input.data(), rows, columns}, {out.data(), rows, columns}, norms.data());
  }
  CountBytes(state, 2 * rows * columns);
}
BENCHMARK(NormalizeRows)->Args({1024, 64})->Args({1024, 256});

// Rows, columns. Bytes: read and written.
void LayerNorm(benchmark::State& state) {
  const auto rows = state.range(0);
  const auto columns = state.range(1);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> input = RandomFloats(rows * columns);
  const std::vector<float> gain = RandomFloats(columns);
  std::vector<float> out(input.size());
  std::vector<float> statistics(static_cast<std::size_t>(2 * rows));
  for ([[maybe_unused]] auto _ : state) {
    backend->LayerNorm({input.data(), rows, columns}, gain.data(), gain.data(), {out.data(), rows, columns},
                       statistics.data());
  }
  CountBytes(state, 2 * rows * columns);
}
BENCHMARK(LayerNorm)->Args({1024, 64})->Args({1024, 256});

// Sequences of one length, one behind the other.
struct EqualSequences {
  EqualSequences(std::int64_t sequences, std::int64_t length)
      : offsets(static_cast<std::size_t>(sequences + 1)), longest(length) {
    for (std::size_t s = 0; s < offsets.size(); ++s) offsets[s] = static_cast<std::int64_t>(s) * length;
  }
  std::int64_t rows() const { return offsets.back(); }
  SequencesView view() const {
    return {offsets.data(), static_cast<std::int64_t>(offsets.size()) - 1, rows(), longest};
  }

  std::vector<std::int64_t> offsets;
  std::int64_t longest;
};

// Sequences, length, columns, heads; forward and backward. Flops: two products each way of a pair that attends.
void CausalAttention(benchmark::State& state) {
  const EqualSequences sequences(state.range(0), state.range(1));
  const auto columns = state.range(2);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> input = RandomFloats(sequences.rows() * columns);
  const std::vector<float> bias = RandomFloats(state.range(3) * 50);
  const Floats out(*backend, sequences.rows() * columns);
  const Floats log_sums(*backend, sequences.rows() * state.range(3));
  const Floats gradients(*backend, 3 * sequences.rows() * columns);
  const Floats bias_gradient(*backend, state.range(3) * 50);
  AttentionInputs inputs;
  inputs.queries = inputs.keys = inputs.values = {input.data(), sequences.rows(), columns};
  inputs.sequences = sequences.view();
  inputs.heads = state.range(3);
  inputs.distance_bias = {bias.data(), inputs.heads, 50};
  const auto part = [&](std::int64_t p) {
    return Matrix{gradients.data() + p * sequences.rows() * columns, sequences.rows(), columns};
  };
  const AttentionGradients of = {part(0), part(1), part(2), {bias_gradient.data(), inputs.heads, 50}};
  for ([[maybe_unused]] auto _ : state) {
    backend->CausalAttention(inputs, {out.data(), sequences.rows(), columns}, log_sums.data());
    backend->CausalAttentionBackward(inputs, {out.data(), sequences.rows(), columns}, log_sums.data(), inputs.values,
                                     of);
  }
  CountFlops(state, 14 * state.range(0) * state.range(1) * (state.range(1) + 1) / 2 * columns);
}
BENCHMARK(CausalAttention)->Args({170, 7, 64, 2})->Args({170, 7, 256, 2})->Args({20, 50, 64, 2});

// Sequences, length, width; forward and backward. Flops: the products with the state, three times.
void Gru(benchmark::State& state) {
  const EqualSequences sequences(state.range(0), state.range(1));
  const auto width = state.range(2);
  const std::int64_t rows = sequences.rows();
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> own = RandomFloats(rows * 3 * width);
  const std::vector<float> weight = RandomFloats(width * 3 * width);
  const std::vector<float> out_gradient = RandomFloats(rows * width);
  const Floats out(*backend, rows * width);
  const Floats gates(*backend, rows * 4 * width);
  const Floats scratch(*backend, rows * 4 * width);
  const Floats own_gradient(*backend, rows * 3 * width);
  const Floats weight_gradient(*backend, width * 3 * width);
  const ConstMatrix recurrent(weight.data(), width, 3 * width);
  for ([[maybe_unused]] auto _ : state) {
    backend->Gru({own.data(), rows, 3 * width}, sequences.view(), recurrent, {out.data(), rows, width},
                 {gates.data(), rows, 4 * width});
    backend->GruBackward(sequences.view(), recurrent, {out.data(), rows, width}, {gates.data(), rows, 4 * width},
                         {out_gradient.data(), rows, width}, {scratch.data(), rows, 4 * width},
                         {own_gradient.data(), rows, 3 * width}, {weight_gradient.data(), width, 3 * width});
  }
  CountFlops(state, 3 * 2 * rows * width * 3 * width);
}
BENCHMARK(Gru)->Args({170, 7, 64})->Args({170, 7, 256})->Args({20, 50, 64});

void Dropout(benchmark::State& state) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  std::vector<float> values(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto _ : state) backend->Dropout({values.data(), state.range(0), 1}, .3F, {1, 2}, 0);
  CountBytes(state, 2 * state.range(0));
}
BENCHMARK(Dropout)->Arg(1 << 16)->Arg(1 << 18);

void DenseAdam(benchmark::State& state) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> gradient = RandomFloats(state.range(0));
  std::vector<float> parameters = gradient;
  std::vector<float> moments(static_cast<std::size_t>(StateWidth(OptimizerKind::kAdam, state.range(0))));
  for ([[maybe_unused]] auto _ : state) {
    backend->DenseUpdate(parameters.data(), gradient.data(), moments.data(), state.range(0), {});
  }
  CountBytes(state, 7 * state.range(0));
}
BENCHMARK(DenseAdam)->Arg(1 << 15)->Arg(1 << 22);

void FillNormal(benchmark::State& state) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  std::vector<float> values(static_cast<std::size_t>(state.range(0)));
  for ([[maybe_unused]] auto _ : state) backend->FillNormal(values.data(), state.range(0), 1, {1, 2}, 0);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(FillNormal)->Arg(1 << 20);

// Queries, candidates, dimensions, k.
void TopK(benchmark::State& state) {
  const auto rows = state.range(0);
  const auto columns = state.range(1);
  const auto dimensions = state.range(2);
  const auto k = state.range(3);
  const std::unique_ptr<Backend> backend = MakeCpuBackend(1);
  const std::vector<float> queries = RandomFloats(rows * dimensions);
  const std::vector<float> candidates = RandomFloats(columns * dimensions);
  const Histories seen(rows, 27, columns);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(rows * k));
  std::vector<float> scores(ids.size());
  for ([[maybe_unused]] auto _ : state) {
    backend->TopK({queries.data(), rows, dimensions}, {candidates.data(), columns, dimensions}, k, seen.view(),
                  ids.data(), scores.data());
  }
  CountFlops(state, 2 * rows * columns * dimensions);
}
BENCHMARK(TopK)
    ->Unit(benchmark::kMillisecond)
    ->Args({4096, 40981, 64, 20})
    ->Args({1024, 40981, 64, 1000})
    ->Args({4096, 12101, 256, 20});

}  // namespace
}  // namespace shortlist::tensor
