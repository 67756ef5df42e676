#include "cuda/gemm.h"

#include <algorithm>
#include <string>

#include "cuda/bfloat16.h"
#include "cuda/bias_activation.h"
#include "cuda/check.h"
#include "cuda/queue.h"
#include "shortlist/error.h"

namespace shortlist::cuda {
namespace {

using tensor::Activation;
using tensor::ConstMatrix;

using tensor::Write;

// What NVIDIA recommends for its Hopper devices; more than enough for older ones.
constexpr std::size_t kWorkspaceBytes = std::size_t{32} << 20;

// cuBLAS stores matrices by columns: what is row-major here is its own transpose there. So it is asked for
// out^T = right^T * left^T, its first factor being the right one.
struct Operand {
  const void* data;
  std::int64_t rows;  // as stored here
  std::int64_t columns;
  Orientation orientation;
};

struct Product {
  Operand left;
  Operand right;
  GemmOutput output;
  Precision precision;
};

std::int64_t Depth(const Operand& left) {
  return left.orientation == Orientation::kAsStored ? left.columns : left.rows;
}

// The largest power of two that divides the address, up to the alignment of all allocations.
std::uint32_t AlignmentOf(const void* data) {
  const auto address = reinterpret_cast<std::uintptr_t>(data) | 256U;
  return static_cast<std::uint32_t>(address & (~address + 1));
}

struct DescriptorDestroy {
  void operator()(cublasLtMatmulDesc_t descriptor) const noexcept { cublasLtMatmulDescDestroy(descriptor); }
  void operator()(cublasLtMatrixLayout_t layout) const noexcept { cublasLtMatrixLayoutDestroy(layout); }
  void operator()(cublasLtMatmulPreference_t preference) const noexcept { cublasLtMatmulPreferenceDestroy(preference); }
};
template <class Pointer>
using Described = std::unique_ptr<std::remove_pointer_t<Pointer>, DescriptorDestroy>;

cublasLtEpilogue_t EpilogueOf(const GemmOutput& output) {
  const bool relu = output.activation == Activation::kRelu;
  if (output.bias == nullptr) return relu ? CUBLASLT_EPILOGUE_RELU : CUBLASLT_EPILOGUE_DEFAULT;
  return relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS;
}

template <class T>
void Set(cublasLtMatmulDesc_t descriptor, cublasLtMatmulDescAttributes_t attribute, T value) {
  Check(cublasLtMatmulDescSetAttribute(descriptor, attribute, &value, sizeof(value)), "describe a matrix product");
}

template <class T>
void Set(cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t attribute, T value) {
  Check(cublasLtMatmulPreferenceSetAttribute(preference, attribute, &value, sizeof(value)),
        "describe a matrix product");
}

cublasOperation_t OperationOf(const Operand& operand) {
  return operand.orientation == Orientation::kTransposed ? CUBLAS_OP_T : CUBLAS_OP_N;
}

Described<cublasLtMatmulDesc_t> Describe(const Product& product) {
  const auto compute =
      product.precision == Precision::kTensorFloat32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
  cublasLtMatmulDesc_t made = nullptr;
  Check(cublasLtMatmulDescCreate(&made, compute, CUDA_R_32F), "describe a matrix product");
  Described<cublasLtMatmulDesc_t> descriptor(made);
  Set(made, CUBLASLT_MATMUL_DESC_TRANSA, OperationOf(product.right));
  Set(made, CUBLASLT_MATMUL_DESC_TRANSB, OperationOf(product.left));
  Set(made, CUBLASLT_MATMUL_DESC_EPILOGUE, EpilogueOf(product.output));
  Set(made, CUBLASLT_MATMUL_DESC_POINTER_MODE, static_cast<std::int32_t>(CUBLASLT_POINTER_MODE_DEVICE));
  if (product.output.bias != nullptr) Set(made, CUBLASLT_MATMUL_DESC_BIAS_POINTER, product.output.bias);
  return descriptor;
}

Described<cublasLtMatrixLayout_t> LayoutOf(std::int64_t rows, std::int64_t columns, cudaDataType_t type) {
  cublasLtMatrixLayout_t layout = nullptr;
  Check(cublasLtMatrixLayoutCreate(&layout, type, static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows),
                                   columns),
        "describe a matrix product");
  return Described<cublasLtMatrixLayout_t>(layout);
}

// The descriptions that cuBLASLt wants of one product.
struct Description {
  explicit Description(const Product& wanted)
      : type(wanted.precision == Precision::kBfloat16 ? CUDA_R_16BF : CUDA_R_32F),
        product(Describe(wanted)),
        left(LayoutOf(wanted.left.rows, wanted.left.columns, type)),
        right(LayoutOf(wanted.right.rows, wanted.right.columns, type)),
        out(LayoutOf(wanted.output.out.rows, wanted.output.out.columns, CUDA_R_32F)) {}

  cudaDataType_t type;  // of the factors
  Described<cublasLtMatmulDesc_t> product;
  Described<cublasLtMatrixLayout_t> left;
  Described<cublasLtMatrixLayout_t> right;
  Described<cublasLtMatrixLayout_t> out;
};

Described<cublasLtMatmulPreference_t> PreferenceOf(const Product& product) {
  cublasLtMatmulPreference_t made = nullptr;
  Check(cublasLtMatmulPreferenceCreate(&made), "describe a matrix product");
  Described<cublasLtMatmulPreference_t> preference(made);
  const std::uint32_t out_alignment = AlignmentOf(product.output.out.data);
  Set(made, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kWorkspaceBytes);
  Set(made, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, AlignmentOf(product.right.data));
  Set(made, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, AlignmentOf(product.left.data));
  Set(made, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, out_alignment);
  Set(made, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, out_alignment);
  return preference;
}

GemmPlans::Plan Choose(cublasLtHandle_t handle, const Product& product, const Description& description) {
  const auto preference = PreferenceOf(product);
  cublasLtMatmulHeuristicResult_t result{};
  int found = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle, description.product.get(), description.right.get(), description.left.get(), description.out.get(),
      description.out.get(), preference.get(), 1, &result, &found);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED || (status == CUBLAS_STATUS_SUCCESS && found == 0)) return std::nullopt;
  Check(status, "choose an algorithm for a matrix product");
  return result.algo;
}

GemmPlans::Key KeyOf(const Product& product) {
  std::uint32_t alignments = 0;
  for (const void* data : {product.left.data, product.right.data, static_cast<const void*>(product.output.out.data)}) {
    alignments = alignments << 10U | AlignmentOf(data);
  }
  return {product.output.out.rows,
          product.output.out.columns,
          Depth(product.left),
          static_cast<int>(product.left.orientation),
          static_cast<int>(product.right.orientation),
          static_cast<int>(EpilogueOf(product.output)),
          static_cast<int>(product.output.write),
          product.precision,
          alignments};
}

// False if cuBLASLt cannot do it.
bool Multiply(Queue& queue, const Product& product) {
  GemmPlans& plans = queue.gemm_plans();
  const Description description(product);
  const GemmPlans::Plan& plan =
      plans.Find(KeyOf(product), [&] { return Choose(plans.handle(), product, description); });
  if (!plan) return false;
  const float* factor = product.output.factor == nullptr ? plans.one() : product.output.factor;
  const float* keep = product.output.write == Write::kAdd ? plans.one() : plans.zero();
  float* out = product.output.out.data;
  Check(cublasLtMatmul(plans.handle(), description.product.get(), factor, product.right.data, description.right.get(),
                       product.left.data, description.left.get(), keep, out, description.out.get(), out,
                       description.out.get(), &*plan, plans.workspace(), kWorkspaceBytes, queue.stream()),
        "multiply matrices");
  return true;
}

std::string ShapeOf(const Product& product) {
  return "[" + std::to_string(product.output.out.rows) + ", " + std::to_string(Depth(product.left)) + "] by [" +
         std::to_string(Depth(product.left)) + ", " + std::to_string(product.output.out.columns) + "]";
}

// Where cuBLASLt cannot fuse what follows the product, it follows in a kernel of ours.
void MultiplyInParts(Queue& queue, const Product& product) {
  Product plain = product;
  plain.output.bias = nullptr;
  plain.output.activation = Activation::kNone;
  if (!Multiply(queue, plain)) {
    throw Error(Code::kUnimplemented, "cuBLASLt has no algorithm for a product " + ShapeOf(product) +
                                          "; set precision: fp32, or device: cpu");
  }
  BiasActivation(queue, product.output.bias, product.output.activation, product.output.out);
}

Operand OperandOf(Queue& queue, const GemmFactor& factor, Precision precision) {
  const ConstMatrix& matrix = factor.matrix;
  if (precision != Precision::kBfloat16) return {matrix.data, matrix.rows, matrix.columns, factor.orientation};
  auto* const rounded = queue.workspace().Take<std::uint16_t>(matrix.size());
  RoundToBfloat16(queue, matrix.data, matrix.size(), rounded);
  return {rounded, matrix.rows, matrix.columns, factor.orientation};
}

std::int64_t InnerSize(const GemmFactor& left) {
  return left.orientation == Orientation::kAsStored ? left.matrix.columns : left.matrix.rows;
}

// A product over nothing is one of zeros.
void GemmOverNothing(Queue& queue, const GemmOutput& output) {
  const std::int64_t longest = std::max(output.out.rows, output.out.columns);
  float* zeros = queue.workspace().Take<float>(longest);
  Check(cudaMemsetAsync(zeros, 0, static_cast<std::size_t>(longest) * sizeof(float), queue.stream()), "Gemm");
  Gemm(queue, {{zeros, output.out.rows, 1}}, {{zeros, 1, output.out.columns}}, output);
}

cublasLtHandle_t MakeHandle() {
  cublasLtHandle_t handle = nullptr;
  Check(cublasLtCreate(&handle), "start cuBLASLt");
  return handle;
}

// {0, 1}, for products without a factor of their own.
DeviceMemory MakeConstants() {
  constexpr float kValues[2] = {0, 1};
  DeviceMemory constants = AllocateDevice(sizeof kValues, "cuBLASLt");
  Check(cudaMemcpy(constants.get(), kValues, sizeof kValues, cudaMemcpyHostToDevice), "start cuBLASLt");
  return constants;
}

}  // namespace

GemmPlans::GemmPlans(Precision precision)
    : precision_(precision),
      handle_(MakeHandle()),
      workspace_(AllocateDevice(kWorkspaceBytes, "cuBLASLt")),
      constants_(MakeConstants()) {}

void Gemm(Queue& queue, const GemmFactor& left, const GemmFactor& right, const GemmOutput& output) {
  Gemm(queue, left, right, output, queue.gemm_plans().precision());
}

void Gemm(Queue& queue, const GemmFactor& left, const GemmFactor& right, const GemmOutput& output,
          Precision precision) {
  if (output.out.size() == 0) return;
  if (InnerSize(left) == 0) return GemmOverNothing(queue, output);
  const WorkspaceScope scope(queue.workspace());
  const Product product{OperandOf(queue, left, precision), OperandOf(queue, right, precision), output, precision};
  if (!Multiply(queue, product)) MultiplyInParts(queue, product);
}

}  // namespace shortlist::cuda
