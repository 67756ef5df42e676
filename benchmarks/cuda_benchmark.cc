// What operations and training steps reach on the first GPU, through the plug-in as the program opens it.
//
//   cuda_benchmark [--device=auto|cpu|cuda:N] [Google Benchmark's options]
//
// bytes counts each float that must move, once, as docs/gpu.md does; of_peak is its share of what the driver says that
// the device's memory moves at the most. Where no GPU answers it says why and measures nothing; --device=cpu measures
// the CPU backend with one thread.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "model/two_tower_trainer.h"
#include "shortlist/device.h"
#include "shortlist/error.h"
#include "tensor/device_choice.h"

namespace shortlist {
namespace {

using benchmark::Counter;
using tensor::Backend;
using tensor::Buffer;
using tensor::Optimizer;
using tensor::OptimizerKind;

// Calls between two waits for the device, so that what a wait costs does not count.
constexpr int kCalls = 20;

struct Device {
  std::unique_ptr<Backend> backend;
  double memory_rate = 0;  // 0: not known
};

// What main has opened before any benchmark runs.
Device& TheDevice() {
  static Device device;
  return device;
}

template <class T>
Buffer OnDevice(Backend& backend, const std::vector<T>& values) {
  Buffer buffer = backend.Allocate(values.size() * sizeof(T));
  backend.Upload(values.data(), buffer.As<T>(), buffer.bytes());
  return buffer;
}

Buffer Zeros(Backend& backend, std::int64_t floats) {
  Buffer buffer = backend.Allocate(static_cast<std::size_t>(floats) * sizeof(float));
  backend.Zero(buffer.As<float>(), buffer.bytes());
  return buffer;
}

Buffer RandomFloats(Backend& backend, std::int64_t floats) {
  Buffer buffer = Zeros(backend, floats);
  backend.FillNormal(buffer.As<float>(), floats, 1, {}, 0);
  return buffer;
}

template <class Call>
void Measure(benchmark::State& state, const Device& device, std::int64_t floats, const Call& call) {
  for (int i = 0; i < 3; ++i) call();
  device.backend->Synchronize();
  for ([[maybe_unused]] auto _ : state) {
    for (int i = 0; i < kCalls; ++i) call();
    device.backend->Synchronize();
  }
  const double bytes = 4.0 * kCalls * static_cast<double>(floats);
  state.counters["bytes"] = Counter(bytes, Counter::kIsIterationInvariantRate);
  if (device.memory_rate == 0) return;
  state.counters["of_peak"] = Counter(bytes / device.memory_rate, Counter::kIsIterationInvariantRate);
}

// Bags of equal length whose ids are drawn with probability 1 / (id + 10), as items are.
base::Bags Histories(std::int64_t rows, std::int64_t length, std::int64_t items) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> uniform(0, std::log1p(static_cast<double>(items) / 10));
  base::Bags bags;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < length; ++i) {
      const auto rank = static_cast<std::int64_t>(10 * std::expm1(uniform(random)));
      bags.Append(static_cast<std::int32_t>(std::min(rank, items - 1) * 7919 % items), 1 / static_cast<float>(length));
    }
    bags.EndRow();
  }
  return bags;
}

std::int64_t Distinct(std::vector<std::int32_t> ids) {
  std::sort(ids.begin(), ids.end());
  return std::unique(ids.begin(), ids.end()) - ids.begin();
}

struct DeviceBags {
  DeviceBags(Backend& backend, const base::Bags& bags)
      : rows(bags.rows()),
        count(static_cast<std::int64_t>(bags.ids.size())),
        ids(OnDevice(backend, bags.ids)),
        weights(OnDevice(backend, bags.weights)),
        offsets(OnDevice(backend, bags.offsets)) {}
  tensor::BagsView view() const {
    return {ids.As<std::int32_t>(), weights.As<float>(), offsets.As<std::int64_t>(), rows, count};
  }

  std::int64_t rows;
  std::int64_t count;
  Buffer ids;
  Buffer weights;
  Buffer offsets;
};

// Floats. What plain copying reaches.
void Copy(benchmark::State& state) {
  const Device& device = TheDevice();
  const Buffer source = Zeros(*device.backend, state.range(0));
  const Buffer target = Zeros(*device.backend, state.range(0));
  Measure(state, device, 2 * state.range(0),
          [&] { device.backend->Copy(source.As<float>(), target.As<float>(), source.bytes()); });
}

// Rows, length, table rows, columns.
void GatherPool(benchmark::State& state) {
  const Device& device = TheDevice();
  const std::int64_t rows = state.range(0);
  const std::int64_t columns = state.range(3);
  const Buffer table = Zeros(*device.backend, state.range(2) * columns);
  const DeviceBags bags(*device.backend, Histories(rows, state.range(1), state.range(2)));
  const Buffer out = Zeros(*device.backend, rows * columns);
  Measure(state, device, (bags.count + rows) * columns + 2 * bags.count + 2 * rows, [&] {
    device.backend->GatherPool({table.As<float>(), state.range(2), columns}, bags.view(), tensor::Write::kOverwrite,
                               {out.As<float>(), rows, columns});
  });
}

// Rows, length, table rows, columns, kind of optimizer.
void SparseUpdate(benchmark::State& state) {
  const Device& device = TheDevice();
  const std::int64_t rows = state.range(0);
  const std::int64_t table_rows = state.range(2);
  const std::int64_t columns = state.range(3);
  const Optimizer optimizer{.kind = static_cast<OptimizerKind>(state.range(4))};
  const std::int64_t width = StateWidth(optimizer.kind, columns);
  const Buffer table = Zeros(*device.backend, table_rows * columns);
  const Buffer moments = Zeros(*device.backend, table_rows * width);
  const base::Bags histories = Histories(rows, state.range(1), table_rows);
  const DeviceBags bags(*device.backend, histories);
  const Buffer gradient = RandomFloats(*device.backend, rows * columns);
  const std::vector<tensor::SparseGradient> uses{{bags.view(), {gradient.As<float>(), rows, columns}}};
  const std::int64_t touched = Distinct(histories.ids);
  state.counters["touched"] = static_cast<double>(touched);
  Measure(state, device, bags.count * (columns + 2) + 2 * rows + touched * 2 * (columns + width), [&] {
    device.backend->SparseUpdate({table.As<float>(), table_rows, columns}, {moments.As<float>(), table_rows, width},
                                 uses, optimizer);
  });
}

// Parameters, kind of optimizer.
void DenseUpdate(benchmark::State& state) {
  const Device& device = TheDevice();
  const std::int64_t size = state.range(0);
  const Optimizer optimizer{.kind = static_cast<OptimizerKind>(state.range(1))};
  const std::int64_t width = StateWidth(optimizer.kind, size);
  const Buffer parameters = Zeros(*device.backend, size);
  const Buffer gradient = RandomFloats(*device.backend, size);
  const Buffer moments = Zeros(*device.backend, width);
  Measure(state, device, 3 * size + 2 * width, [&] {
    device.backend->DenseUpdate(parameters.As<float>(), gradient.As<float>(), moments.As<float>(), size, optimizer);
  });
}

// Rows, columns.
void NormalizeRows(benchmark::State& state) {
  const Device& device = TheDevice();
  const std::int64_t rows = state.range(0);
  const std::int64_t columns = state.range(1);
  const Buffer input = RandomFloats(*device.backend, rows * columns);
  const Buffer out = Zeros(*device.backend, rows * columns);
  const Buffer norms = Zeros(*device.backend, rows);
  Measure(state, device, 2 * rows * columns + rows, [&] {
    device.backend->NormalizeRows({input.As<float>(), rows, columns}, {out.As<float>(), rows, columns},
                                  norms.As<float>());
  });
}

// Queries, candidates, dimensions, k. Bytes: both sides read, the answers written.
void TopK(benchmark::State& state) {
  const Device& device = TheDevice();
  const std::int64_t queries = state.range(0);
  const std::int64_t candidates = state.range(1);
  const std::int64_t dimensions = state.range(2);
  const std::int64_t k = state.range(3);
  const Buffer query = RandomFloats(*device.backend, queries * dimensions);
  const Buffer candidate = RandomFloats(*device.backend, candidates * dimensions);
  const Buffer ids = Zeros(*device.backend, queries * k);
  const Buffer scores = Zeros(*device.backend, queries * k);
  Measure(state, device, (queries + candidates) * dimensions + 2 * queries * k, [&] {
    device.backend->TopK({query.As<float>(), queries, dimensions}, {candidate.As<float>(), candidates, dimensions}, k,
                         {}, ids.As<std::int32_t>(), scores.As<float>());
  });
  state.counters["queries"] = Counter(static_cast<double>(kCalls * queries), Counter::kIsIterationInvariantRate);
}

model::TrainBatch Batch(std::int64_t rows, std::int64_t length, std::int64_t items) {
  model::TrainBatch batch;
  batch.queries.pools = {Histories(rows, length, items)};
  batch.queries.context.rows = rows;
  batch.candidates = Histories(rows, 1, items).ids;
  for (std::int64_t r = 0; r < rows; ++r) batch.positives.push_back(static_cast<std::int32_t>(r));
  return batch;
}

// Batch, length of histories, items, dimension. Tokens: events of histories that a step learns from.
void TrainStep(benchmark::State& state) {
  const Device& device = TheDevice();
  model::TwoTowerSpec spec;
  spec.items = state.range(2);
  spec.settings.dimension = state.range(3);
  model::ItemInputs items;
  items.features.rows = spec.items;
  model::TwoTowerTrainer trainer(model::TwoTower(spec, items, *device.backend, 1), TrainSettings{}, 1);
  const model::TrainBatch batch = Batch(state.range(0), state.range(1), spec.items);
  for (int i = 0; i < 3; ++i) trainer.Step(batch);
  device.backend->Synchronize();
  for ([[maybe_unused]] auto _ : state) {
    for (int i = 0; i < kCalls; ++i) trainer.Step(batch);
    device.backend->Synchronize();
  }
  const auto tokens = static_cast<double>(kCalls * state.range(0) * state.range(1));
  state.counters["tokens"] = Counter(tokens, Counter::kIsIterationInvariantRate);
}

// Of every optimizer. 1.05 million lookups at 128 columns are what FBGEMM's backward pass was measured on.
void SparseUpdateArguments(benchmark::internal::Benchmark* benchmark) {
  for (const std::int64_t kind : {0, 1, 2, 3}) {
    benchmark->Args({20972, 50, 10000000, 128, kind})->Args({1024, 50, 100000, 64, kind});
  }
}

BENCHMARK(Copy)->UseRealTime()->Arg(1 << 26);
BENCHMARK(GatherPool)
    ->UseRealTime()
    ->Args({8192, 50, 1000000, 64})
    ->Args({8192, 50, 1000000, 128})
    ->Args({65536, 1, 1000000, 128});
BENCHMARK(SparseUpdate)->UseRealTime()->Apply(SparseUpdateArguments);
BENCHMARK(DenseUpdate)->UseRealTime()->ArgsProduct({{1 << 24}, {0, 1, 2, 3}});
BENCHMARK(NormalizeRows)->UseRealTime()->Args({65536, 64})->Args({65536, 256});
BENCHMARK(TopK)->UseRealTime()->Args({1024, 1000000, 64, 100});
BENCHMARK(TrainStep)->UseRealTime()->Args({1024, 50, 100000, 64})->Args({8192, 50, 1000000, 128});

// The value of the option --device, which is taken out of the arguments; "auto" without it.
std::string TakeDevice(int& count, char** arguments) {
  const std::string option = "--device=";
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument.rfind(option, 0) != 0) continue;
    std::copy(arguments + i + 1, arguments + count, arguments + i);
    --count;
    return argument.substr(option.size());
  }
  return "auto";
}

std::optional<Device> OpenDevice(const std::string& wanted) {
  const tensor::DeviceLibrary library = tensor::OpenDeviceLibrary({.directories = {SHORTLIST_CUDA_DIRECTORY}});
  if (wanted == "auto" && library.devices.empty()) {
    std::cout << "SKIPPED: no GPU answers: " << library.problem << "\n";
    return std::nullopt;
  }
  const std::optional<DeviceName> name = ParseDeviceName(wanted);
  if (!name) throw Error(Code::kInvalidArgument, "--device is " + wanted + ", expected auto, cpu or cuda:N");
  const tensor::DeviceChoice choice = tensor::ChooseDevice(*name, library);
  const bool on_cpu = choice.device.kind == DeviceKind::kCpu;
  const double rate = on_cpu ? 0 : library.devices[static_cast<std::size_t>(choice.device.index)].memory_rate;
  return Device{tensor::MakeBackend(choice, library, 1, Precision::kFloat32), rate};
}

int Run(int count, char** arguments) {
  std::optional<Device> device = OpenDevice(TakeDevice(count, arguments));
  if (!device) return 0;
  TheDevice() = std::move(*device);
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  TheDevice() = {};
  return 0;
}

}  // namespace
}  // namespace shortlist

int main(int count, char** arguments) {
  try {
    return shortlist::Run(count, arguments);
  } catch (const shortlist::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
