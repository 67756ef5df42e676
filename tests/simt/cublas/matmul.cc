// The choice of an algorithm and the product itself.
#include <cstdint>
#include <cstring>
#include <cublasLt.h>
#include <memory>
#include <string>

#include "simt/cublas/capabilities.h"
#include "simt/cublas/descriptions.h"
#include "simt/cublas/product.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/submit.h"

namespace shortlist::simt {

CublasCapabilities& TheCublasCapabilities() {
  static CublasCapabilities capabilities;
  return capabilities;
}

namespace {

void Report(const std::string& message) {
  TheMachine().reports().Add("cuBLASLt", message);
}

bool IsPossible(const ProductDescription& product, const MatrixLayout& a, const MatrixLayout& b, const MatrixLayout& c,
                const MatrixLayout& d) {
  for (const MatrixLayout* layout : {&a, &b, &c, &d}) {
    if (layout->rows <= 0 || layout->columns <= 0 || layout->stride < layout->rows) return false;
  }
  return RowsOf(a, product.transpose_a) == d.rows && ColumnsOf(b, product.transpose_b) == d.columns &&
         ColumnsOf(a, product.transpose_a) == RowsOf(b, product.transpose_b) && c.rows == d.rows &&
         c.columns == d.columns && c.stride == d.stride;
}

bool IsSimulated(const ProductDescription& product, const MatrixLayout& a, const MatrixLayout& b, const MatrixLayout& c,
                 const MatrixLayout& d) {
  constexpr std::uint32_t kEpilogues = CUBLASLT_EPILOGUE_DEFAULT | CUBLASLT_EPILOGUE_RELU_BIAS;
  const bool factors = a.type == b.type && (a.type == CUDA_R_32F || a.type == CUDA_R_16BF);
  const bool fused = product.epilogue != CUBLASLT_EPILOGUE_DEFAULT;
  return factors && c.type == CUDA_R_32F && d.type == CUDA_R_32F && (product.epilogue & ~kEpilogues) == 0 &&
         (!fused || TheCublasCapabilities().epilogues) && product.pointer_mode <= CUBLASLT_POINTER_MODE_DEVICE;
}

// Equal for equal problems (FNV-1a over what distinguishes them).
std::uint64_t ProblemKey(const ProductDescription& product, const MatrixLayout& a, const MatrixLayout& b,
                         const MatrixLayout& d) {
  std::uint64_t key = 0xCBF29CE484222325U;
  for (const std::int64_t part :
       {std::int64_t{product.compute}, std::int64_t{product.transpose_a}, std::int64_t{product.transpose_b},
        std::int64_t{product.epilogue}, std::int64_t{a.type}, a.rows, a.columns, a.stride, b.rows, b.columns, b.stride,
        d.stride}) {
    key = (key ^ static_cast<std::uint64_t>(part)) * 0x100000001B3U;
  }
  return key;
}

bool IsAligned(const void* data, std::uint32_t alignment) {
  return alignment == 0 || reinterpret_cast<std::uintptr_t>(data) % alignment == 0;
}

void CheckAlgorithm(const ProductCall& call, const cublasLtMatmulAlgo_t& opaque, std::size_t workspace_bytes) {
  ChosenAlgorithm algorithm;
  std::memcpy(static_cast<void*>(&algorithm), &opaque, sizeof(algorithm));
  if (algorithm.problem != ProblemKey(call.description, call.a.layout, call.b.layout, call.d.layout)) {
    Report("the algorithm was chosen for another problem");
  }
  if (workspace_bytes < algorithm.workspace_bytes) Report("the workspace is smaller than the algorithm needs");
  const void* operands[4] = {call.a.data, call.b.data, call.c.data, call.d.data};
  for (int i = 0; i < 4; ++i) {
    if (!IsAligned(operands[i], algorithm.alignments[i])) Report("an operand is less aligned than was promised");
  }
}

bool OperandsExist(const ProductCall& call) {
  bool exist = true;
  for (const Matrix* matrix : {&call.a, &call.b, &call.c, &call.d}) {
    exist &= CheckDeviceRange(matrix->data, ExtentBytes(matrix->layout), "a matrix of cuBLASLt");
  }
  if ((call.description.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0) {
    const auto bytes = static_cast<std::size_t>(call.d.layout.rows) * sizeof(float);
    exist &= CheckDeviceRange(call.description.bias, bytes, "the bias of cuBLASLt");
  }
  if (call.description.pointer_mode == CUBLASLT_POINTER_MODE_DEVICE) {
    exist &= CheckDeviceRange(call.alpha, sizeof(float), "alpha of cuBLASLt");
    exist &= CheckDeviceRange(call.beta, sizeof(float), "beta of cuBLASLt");
  }
  return exist;
}

// Factors that stand on the host are read before the call returns.
void Run(const ProductCall& call, const std::shared_ptr<const float[]>& host_factors) {
  ProductCall now = call;
  if (host_factors != nullptr) {
    now.alpha = &host_factors[0];
    now.beta = &host_factors[1];
  }
  RunProduct(now);
}

cublasStatus_t QueueProduct(const ProductCall& call, cudaStream_t stream) {
  std::shared_ptr<float[]> host_factors;
  if (call.description.pointer_mode == CUBLASLT_POINTER_MODE_HOST) {
    host_factors = std::make_shared<float[]>(2);
    host_factors[0] = *call.alpha;
    host_factors[1] = *call.beta;
  }
  const cudaError_t status =
      Submit(stream, {OperationKind::kLibrary, nullptr, [call, host_factors] { Run(call, host_factors); }});
  return status == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // namespace
}  // namespace shortlist::simt

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the library.

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t /*handle*/, cublasLtMatmulDesc_t product,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int wanted,
                                              cublasLtMatmulHeuristicResult_t results[], int* found) {
  *found = 0;
  if (wanted < 1 || !IsPossible(Of(product), Of(a), Of(b), Of(c), Of(d))) return CUBLAS_STATUS_INVALID_VALUE;
  if (!IsSimulated(Of(product), Of(a), Of(b), Of(c), Of(d))) return CUBLAS_STATUS_NOT_SUPPORTED;
  ChosenAlgorithm algorithm{ProblemKey(Of(product), Of(a), Of(b), Of(d)), Of(preference).workspace_bytes / 2, {}};
  std::memcpy(algorithm.alignments, Of(preference).alignments, sizeof(algorithm.alignments));
  results[0] = {};
  std::memcpy(&results[0].algo, &algorithm, sizeof(algorithm));
  results[0].workspaceSize = algorithm.workspace_bytes;
  results[0].state = CUBLAS_STATUS_SUCCESS;
  *found = 1;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t /*handle*/, cublasLtMatmulDesc_t product, const void* alpha,
                              const void* a, cublasLtMatrixLayout_t a_layout, const void* b,
                              cublasLtMatrixLayout_t b_layout, const void* beta, const void* c,
                              cublasLtMatrixLayout_t c_layout, void* d, cublasLtMatrixLayout_t d_layout,
                              const cublasLtMatmulAlgo_t* algorithm, void* workspace, std::size_t workspace_bytes,
                              cudaStream_t stream) {
  const ProductCall call{Of(product),
                         static_cast<const float*>(alpha),
                         static_cast<const float*>(beta),
                         {Of(a_layout), a},
                         {Of(b_layout), b},
                         {Of(c_layout), c},
                         {Of(d_layout), d}};
  if (!IsPossible(Of(product), Of(a_layout), Of(b_layout), Of(c_layout), Of(d_layout))) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  if (!IsSimulated(Of(product), Of(a_layout), Of(b_layout), Of(c_layout), Of(d_layout)) || c != d) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if (algorithm != nullptr) CheckAlgorithm(call, *algorithm, workspace_bytes);
  if (!OperandsExist(call) || !CheckDeviceRange(workspace, workspace_bytes, "the workspace of cuBLASLt")) {
    return CUBLAS_STATUS_INVALID_VALUE;
  }
  return QueueProduct(call, stream);
}
