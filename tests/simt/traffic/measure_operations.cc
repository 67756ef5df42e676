#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <set>

#include "base/bags.h"
#include "cuda/cuda_backend.h"
#include "simt/traffic/measured_operation.h"
#include "tensor/backend.h"

namespace shortlist::simt {
namespace {

using tensor::Backend;
using tensor::Buffer;
using tensor::Matrix;

constexpr std::int64_t kFloatBytes = sizeof(float);
constexpr std::int64_t kBfloat16Bytes = 2;
// The aim for kernels that only move data.
constexpr double kBound = 1.15;

// Ids below `limit`, id i as often as 1 / (i + 1).
class Zipf {
 public:
  explicit Zipf(std::int32_t limit) {
    double sum = 0;
    for (std::int32_t i = 0; i < limit; ++i) cumulated_.push_back(sum += 1.0 / (i + 1));
  }
  std::int32_t Next() {
    const double value = static_cast<double>(engine_()) * 0x1p-32 * cumulated_.back();
    const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), value);
    return static_cast<std::int32_t>(found - cumulated_.begin());
  }

 private:
  std::vector<double> cumulated_;
  std::mt19937 engine_{1};
};

base::Bags ZipfBags(std::int64_t rows, int length, std::int32_t limit) {
  Zipf zipf(limit);
  base::Bags bags;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (int i = 0; i < length; ++i) bags.Append(zipf.Next(), 1);
    bags.EndRow();
  }
  return bags;
}

std::int64_t Distinct(const std::vector<std::int32_t>& ids) {
  return static_cast<std::int64_t>(std::set<std::int32_t>(ids.begin(), ids.end()).size());
}

class Measurement {
 public:
  std::vector<MeasuredOperation> Run() {
    for (const std::int64_t columns : {32, 64, 128}) {
      GatherPool(columns);
      SparseUpdate(columns, tensor::OptimizerKind::kAdam, "Adam");
      SparseUpdate(columns, tensor::OptimizerKind::kRowwiseAdagrad, "row-wise Adagrad");
      Normalize(columns);
    }
    DenseUpdate();
    Elementwise();
    Bfloat16();
    LinearBackward();
    SoftmaxLoss();
    TopK();
    return std::move(measured_);
  }

 private:
  static constexpr std::int32_t kTableRows = 20'000;
  static constexpr std::int64_t kRows = 512;
  static constexpr int kBagLength = 20;
  static constexpr std::int64_t kParameters = 65'536;

  template <class T>
  T* Upload(const std::vector<T>& values) {
    buffers_.push_back(backend_->Allocate(values.size() * sizeof(T)));
    backend_->Upload(values.data(), buffers_.back().As<T>(), values.size() * sizeof(T));
    return buffers_.back().As<T>();
  }
  float* Floats(std::int64_t count) { return Upload(std::vector<float>(static_cast<std::size_t>(count), 0.5F)); }
  Matrix Values(std::int64_t rows, std::int64_t columns) { return {Floats(rows * columns), rows, columns}; }
  tensor::BagsView View(const base::Bags& bags) {
    return {Upload(bags.ids), Upload(bags.weights), Upload(bags.offsets), bags.rows(),
            static_cast<std::int64_t>(bags.ids.size())};
  }

  void Add(MeasuredOperation operation, const std::function<void()>& run) {
    backend_->Synchronize();
    LinkedTrafficMeter().Start();
    run();
    backend_->Synchronize();
    operation.kernels = LinkedTrafficMeter().Stop();
    measured_.push_back(std::move(operation));
    buffers_.clear();
  }

  static std::string BagsShape(std::int64_t columns) {
    return std::to_string(kRows) + " bags of " + std::to_string(kBagLength) + " ids, " + std::to_string(columns) +
           " columns";
  }
  static std::string Shape(std::int64_t rows, std::int64_t columns) {
    return std::to_string(rows) + " × " + std::to_string(columns);
  }

  void GatherPool(std::int64_t columns) {
    const base::Bags bags = ZipfBags(kRows, kBagLength, kTableRows);
    const auto ids = static_cast<std::int64_t>(bags.ids.size());
    const Matrix table = Values(kTableRows, columns);
    const tensor::BagsView view = View(bags);
    const Matrix out = Values(kRows, columns);
    const std::int64_t least = ids * (8 + columns * kFloatBytes) + 8 * (kRows + 1) + out.size() * kFloatBytes;
    Add({"GatherPool",
         BagsShape(columns),
         "a table row, id and weight per id; offsets and the result once",
         least,
         kBound,
         {}},
        [&] { backend_->GatherPool(table, view, tensor::Write::kOverwrite, out); });
  }

  void SparseUpdate(std::int64_t columns, tensor::OptimizerKind kind, const std::string& rule) {
    const base::Bags bags = ZipfBags(kRows, kBagLength, kTableRows);
    const auto ids = static_cast<std::int64_t>(bags.ids.size());
    const std::int64_t width = tensor::StateWidth(kind, columns);
    const Matrix table = Values(kTableRows, columns);
    const Matrix state = Values(kTableRows, width);
    const tensor::SparseGradient use{View(bags), Values(kRows, columns)};
    constexpr std::int64_t kListed = 12;  // a table row's number, a gradient row's, a weight
    const std::int64_t least = ids * (8 + 2 * kListed + columns * kFloatBytes) + 8 * (kRows + 1) +
                               Distinct(bags.ids) * 2 * (columns + width) * kFloatBytes;
    tensor::Optimizer optimizer;
    optimizer.kind = kind;
    Add({"SparseUpdate, " + rule,
         BagsShape(columns),
         "an id, weight and gradient row per id; the list to sort written and read; each table row in use and its "
         "state "
         "read and written",
         least,
         kBound,
         {}},
        [&] {
          backend_->SparseUpdate(table, state, {&use, 1}, optimizer);
        });
  }

  void Normalize(std::int64_t columns) {
    const std::int64_t values = kRows * columns * kFloatBytes;
    const std::int64_t norms = kRows * kFloatBytes;
    Matrix input = Values(kRows, columns);
    Matrix out = Values(kRows, columns);
    float* of_rows = Floats(kRows);
    Add({"NormalizeRows",
         Shape(kRows, columns),
         "the input, the result and the norms once",
         2 * values + norms,
         kBound,
         {}},
        [&] { backend_->NormalizeRows(input, out, of_rows); });
    input = Values(kRows, columns);
    out = Values(kRows, columns);
    const Matrix gradient = Values(kRows, columns);
    of_rows = Floats(kRows);
    Add({"NormalizeRowsBackward",
         Shape(kRows, columns),
         "both inputs, the result and the norms once",
         3 * values + norms,
         kBound,
         {}},
        [&] { backend_->NormalizeRowsBackward(out, of_rows, gradient, input); });
  }

  void DenseUpdate() {
    float* const parameters = Floats(kParameters);
    float* const gradient = Floats(kParameters);
    float* const state = Floats(tensor::StateWidth(tensor::OptimizerKind::kAdam, kParameters));
    Add({"DenseUpdate, Adam",
         std::to_string(kParameters) + " parameters",
         "parameters and both moments read and written, the gradient read",
         7 * kParameters * kFloatBytes,
         kBound,
         {}},
        [&] { backend_->DenseUpdate(parameters, gradient, state, kParameters, {}); });
  }

  void Elementwise() {
    float* const x = Floats(kParameters);
    float* const y = Floats(kParameters);
    Add({"AddScaled",
         std::to_string(kParameters) + " values",
         "two inputs and the result once",
         3 * kParameters * kFloatBytes,
         kBound,
         {}},
        [&] { backend_->AddScaled(x, 2, y, kParameters); });
    const Matrix values = Values(kRows, 128);
    Add({"Dropout", Shape(kRows, 128), "values read and written", 2 * values.size() * kFloatBytes, kBound, {}},
        [&] { backend_->Dropout(values, 0.5F, {}, 0); });
  }

  std::uint16_t* Rounded() { return Upload(std::vector<std::uint16_t>(kParameters)); }

  void Bfloat16() {
    float* values = Floats(kParameters);
    std::uint16_t* rounded = Rounded();
    Add({"RoundToBfloat16",
         std::to_string(kParameters) + " values",
         "the input and the result once",
         kParameters * (kFloatBytes + kBfloat16Bytes),
         kBound,
         {}},
        [&] { backend_->RoundToBfloat16(values, rounded, kParameters); });
    values = Floats(kParameters);
    rounded = Rounded();
    Add({"WidenBfloat16, adding",
         std::to_string(kParameters) + " values",
         "two inputs and the result once",
         kParameters * (2 * kFloatBytes + kBfloat16Bytes),
         kBound,
         {}},
        [&] { backend_->WidenBfloat16(rounded, tensor::Write::kAdd, values, kParameters); });
  }

  void LinearBackward() {
    const Matrix input = Values(kRows, 64);
    const Matrix weight = Values(64, 256);
    const Matrix out = Values(kRows, 256);
    const Matrix out_gradient = Values(kRows, 256);
    const Matrix scratch = Values(kRows, 256);
    const Matrix weight_gradient = Values(64, 256);
    float* const bias_gradient = Floats(256);
    Add({"LinearBackward, ReLU and bias",
         Shape(kRows, 256),
         "the output and its gradient read, the masked gradient written, and read for the bias",
         4 * out.size() * kFloatBytes,
         kBound,
         {}},
        [&] {
          backend_->LinearBackward(input, weight, out, tensor::Activation::kRelu, out_gradient, scratch, {},
                                   tensor::Write::kOverwrite, weight_gradient, bias_gradient);
        });
  }

  // Without ids and bias of candidates, which every query reads again and a cache serves.
  void SoftmaxLoss() {
    const Matrix queries = Values(kRows, 16);
    const Matrix candidates = Values(kRows, 16);
    const tensor::SoftmaxLossInputs inputs{.queries = queries,
                                           .candidates = candidates,
                                           .positives = Upload(std::vector<std::int32_t>(kRows)),
                                           .scale = Floats(1)};
    const tensor::SoftmaxLossOutputs outputs{
        .loss = Floats(1), .query_gradient = Values(kRows, 16), .candidate_gradient = Values(kRows, 16)};
    Add({"SoftmaxLoss",
         std::to_string(kRows) + " queries, " + std::to_string(kRows) + " candidates",
         "the dot products read for the sums, and read and overwritten for the gradients",
         3 * kRows * kRows * kFloatBytes,
         kBound,
         {}},
        [&] { backend_->SoftmaxLoss(inputs, outputs); });
  }

  void TopK() {
    constexpr std::int64_t kQueries = 16;
    constexpr std::int64_t kCandidates = 4096;
    constexpr std::int64_t kPlaces = 10;
    const Matrix queries = Values(kQueries, 16);
    const Matrix candidates = Values(kCandidates, 16);
    auto* const ids = Upload(std::vector<std::int32_t>(kQueries * kPlaces));
    float* const scores = Floats(kQueries * kPlaces);
    Add({"TopK",
         std::to_string(kQueries) + " queries, the best " + std::to_string(kPlaces) + " of " +
             std::to_string(kCandidates),
         "the dot products and the result once",
         kQueries * (kCandidates * kFloatBytes + kPlaces * 8),
         kBound,
         {}},
        [&] { backend_->TopK(queries, candidates, kPlaces, {}, ids, scores); });
  }

  std::unique_ptr<Backend> backend_ = cuda::MakeCudaBackend(0, Precision::kFloat32);
  std::vector<Buffer> buffers_;
  std::vector<MeasuredOperation> measured_;
};

}  // namespace

std::vector<MeasuredOperation> MeasureOperations() {
  return Measurement().Run();
}

}  // namespace shortlist::simt
