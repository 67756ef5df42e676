// What the opaque descriptors of cuBLASLt hold here.
#pragma once

#include <cstdint>
#include <cublasLt.h>

namespace shortlist::simt {

struct ProductDescription {
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  cublasOperation_t transpose_a = CUBLAS_OP_N;
  cublasOperation_t transpose_b = CUBLAS_OP_N;
  std::uint32_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  std::int32_t pointer_mode = CUBLASLT_POINTER_MODE_HOST;
  const float* bias = nullptr;
};
static_assert(sizeof(ProductDescription) <= sizeof(cublasLtMatmulDescOpaque_t));

// Stored by columns, `stride` elements apart.
struct MatrixLayout {
  cudaDataType type = CUDA_R_32F;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
};
static_assert(sizeof(MatrixLayout) <= sizeof(cublasLtMatrixLayoutOpaque_t));

// What the caller promises of its pointers.
struct ProductPreference {
  std::uint64_t workspace_bytes = 0;
  std::uint32_t alignments[4] = {256, 256, 256, 256};  // of A, B, C and D
};
static_assert(sizeof(ProductPreference) <= sizeof(cublasLtMatmulPreferenceOpaque_t));

// An algorithm fits one problem, with operands at least as aligned as was promised.
struct ChosenAlgorithm {
  std::uint64_t problem = 0;  // see ProblemKey
  std::uint64_t workspace_bytes = 0;
  std::uint32_t alignments[4] = {};
};
static_assert(sizeof(ChosenAlgorithm) <= sizeof(cublasLtMatmulAlgo_t));

inline const ProductDescription& Of(cublasLtMatmulDesc_t description) {
  return *reinterpret_cast<const ProductDescription*>(description);
}
inline const MatrixLayout& Of(cublasLtMatrixLayout_t layout) {
  return *reinterpret_cast<const MatrixLayout*>(layout);
}
inline const ProductPreference& Of(cublasLtMatmulPreference_t preference) {
  return *reinterpret_cast<const ProductPreference*>(preference);
}

}  // namespace shortlist::simt
