#include "simt/cublas/product.h"

#include <algorithm>
#include <bit>
#include <cblas.h>
#include <vector>

#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

float WidenBfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

float RoundToTensorFloat32(float value) {
  constexpr std::uint32_t kDropped = 13;  // of the 23 bits of mantissa
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7F800000U) == 0x7F800000U) return value;
  return std::bit_cast<float>((bits + (1U << (kDropped - 1))) & ~((1U << kDropped) - 1));
}

template <class Stored, class Convert>
std::vector<float> Converted(const Matrix& matrix, Convert convert) {
  const auto* data = static_cast<const Stored*>(matrix.data);
  std::vector<float> values(ExtentBytes(matrix.layout) / sizeof(Stored));
  for (std::int64_t column = 0; column < matrix.layout.columns; ++column) {
    const std::int64_t begin = column * matrix.layout.stride;
    std::transform(data + begin, data + begin + matrix.layout.rows, values.begin() + begin, convert);
  }
  return values;
}

// A factor as float32; `storage` keeps what had to be converted.
const float* Floats(const Matrix& matrix, cublasComputeType_t compute, std::vector<float>& storage) {
  if (matrix.layout.type == CUDA_R_16BF) {
    storage = Converted<std::uint16_t>(matrix, WidenBfloat16);
  } else if (compute == CUBLAS_COMPUTE_32F_FAST_TF32) {
    storage = Converted<float>(matrix, RoundToTensorFloat32);
  } else {
    return static_cast<const float*>(matrix.data);
  }
  return storage.data();
}

template <class Visit>
void EachColumn(const Matrix& matrix, Visit visit) {
  for (std::int64_t column = 0; column < matrix.layout.columns; ++column) {
    const auto offset = static_cast<std::size_t>(column * matrix.layout.stride) * ElementBytes(matrix.layout.type);
    visit(static_cast<char*>(const_cast<void*>(matrix.data)) + offset);
  }
}

void TellReads(const ProductCall& call, float beta) {
  const auto read = [](const Matrix& matrix) {
    const std::size_t bytes = static_cast<std::size_t>(matrix.layout.rows) * ElementBytes(matrix.layout.type);
    EachColumn(matrix, [bytes](char* column) { LinkedMemoryChecker().Read(column, bytes, "cuBLASLt"); });
  };
  read(call.a);
  read(call.b);
  if (beta != 0) read(call.c);
}

void ApplyEpilogue(const ProductCall& call, float* column) {
  const std::int64_t rows = call.d.layout.rows;
  if ((call.description.epilogue & CUBLASLT_EPILOGUE_BIAS) != 0) {
    for (std::int64_t row = 0; row < rows; ++row) column[row] += call.description.bias[row];
  }
  if ((call.description.epilogue & CUBLASLT_EPILOGUE_RELU) != 0) {
    for (std::int64_t row = 0; row < rows; ++row) column[row] = std::max(column[row], 0.0F);
  }
}

CBLAS_TRANSPOSE Blas(cublasOperation_t transpose) {
  return transpose == CUBLAS_OP_N ? CblasNoTrans : CblasTrans;
}

}  // namespace

std::int64_t RowsOf(const MatrixLayout& layout, cublasOperation_t transpose) {
  return transpose == CUBLAS_OP_N ? layout.rows : layout.columns;
}

std::int64_t ColumnsOf(const MatrixLayout& layout, cublasOperation_t transpose) {
  return transpose == CUBLAS_OP_N ? layout.columns : layout.rows;
}

std::size_t ElementBytes(cudaDataType type) {
  return type == CUDA_R_16BF ? 2 : 4;
}

std::size_t ExtentBytes(const MatrixLayout& layout) {
  if (layout.rows == 0 || layout.columns == 0) return 0;
  return static_cast<std::size_t>(layout.stride * (layout.columns - 1) + layout.rows) * ElementBytes(layout.type);
}

// C is D, which QueueProduct has checked.
void RunProduct(const ProductCall& call) {
  const ProductDescription& description = call.description;
  TellReads(call, *call.beta);
  std::vector<float> a_storage;
  std::vector<float> b_storage;
  const float* a = Floats(call.a, description.compute, a_storage);
  const float* b = Floats(call.b, description.compute, b_storage);
  auto* d = static_cast<float*>(const_cast<void*>(call.d.data));
  const MatrixLayout& out = call.d.layout;
  cblas_sgemm(CblasColMajor, Blas(description.transpose_a), Blas(description.transpose_b), static_cast<int>(out.rows),
              static_cast<int>(out.columns), static_cast<int>(ColumnsOf(call.a.layout, description.transpose_a)),
              *call.alpha, a, static_cast<int>(call.a.layout.stride), b, static_cast<int>(call.b.layout.stride),
              *call.beta, d, static_cast<int>(out.stride));
  EachColumn(call.d, [&](char* column) {
    ApplyEpilogue(call, reinterpret_cast<float*>(column));
    LinkedMemoryChecker().Written(column, static_cast<std::size_t>(out.rows) * sizeof(float));
  });
}

}  // namespace shortlist::simt
