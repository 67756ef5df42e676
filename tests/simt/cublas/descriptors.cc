// Handles, descriptors and their attributes. An attribute that is not simulated is refused, not ignored.
#include <cstring>
#include <cublasLt.h>

#include "simt/cublas/descriptions.h"

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the library.

namespace {

struct Handle {};

// Opaque types have room for the description; so they are made and destroyed as it.
template <class Description, class Opaque>
cublasStatus_t Make(Opaque** made, const Description& description) {
  *made = reinterpret_cast<Opaque*>(new Description(description));
  return CUBLAS_STATUS_SUCCESS;
}

template <class Description, class Opaque>
cublasStatus_t Destroy(Opaque* opaque) {
  delete reinterpret_cast<Description*>(opaque);
  return CUBLAS_STATUS_SUCCESS;
}

template <class T>
cublasStatus_t Store(const void* value, std::size_t bytes, T* field) {
  if (value == nullptr || bytes != sizeof(T)) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(field, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  *handle = reinterpret_cast<cublasLtHandle_t>(new Handle);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  delete reinterpret_cast<Handle*>(handle);
  return CUBLAS_STATUS_SUCCESS;
}

const char* cublasLtGetStatusName(cublasStatus_t status) {
  return status == CUBLAS_STATUS_ALLOC_FAILED ? "CUBLAS_STATUS_ALLOC_FAILED" : "a cublasStatus_t of the simulation";
}

const char* cublasLtGetStatusString(cublasStatus_t status) {
  return status == CUBLAS_STATUS_ALLOC_FAILED ? "the resource allocation failed" : "simulated cuBLAS error";
}

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* description, cublasComputeType_t compute,
                                        cudaDataType_t scale) {
  if (scale != CUDA_R_32F || (compute != CUBLAS_COMPUTE_32F && compute != CUBLAS_COMPUTE_32F_FAST_TF32)) {
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  return Make(description, ProductDescription{.compute = compute});
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t description) {
  return Destroy<ProductDescription>(description);
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t opaque, cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, std::size_t bytes) {
  auto* description = reinterpret_cast<ProductDescription*>(opaque);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return Store(value, bytes, &description->transpose_a);
    case CUBLASLT_MATMUL_DESC_TRANSB:
      return Store(value, bytes, &description->transpose_b);
    case CUBLASLT_MATMUL_DESC_EPILOGUE:
      return Store(value, bytes, &description->epilogue);
    case CUBLASLT_MATMUL_DESC_POINTER_MODE:
      return Store(value, bytes, &description->pointer_mode);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
      return Store(value, bytes, &description->bias);
    default:
      return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType type, std::uint64_t rows,
                                          std::uint64_t columns, std::int64_t stride) {
  return Make(layout, MatrixLayout{type, static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns), stride});
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  return Destroy<MatrixLayout>(layout);
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  return Make(preference, ProductPreference{});
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  return Destroy<ProductPreference>(preference);
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t opaque,
                                                    cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                                                    std::size_t bytes) {
  auto* preference = reinterpret_cast<ProductPreference*>(opaque);
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES:
      return Store(value, bytes, &preference->workspace_bytes);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES:
      return Store(value, bytes, &preference->alignments[0]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES:
      return Store(value, bytes, &preference->alignments[1]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES:
      return Store(value, bytes, &preference->alignments[2]);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES:
      return Store(value, bytes, &preference->alignments[3]);
    default:
      return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}
