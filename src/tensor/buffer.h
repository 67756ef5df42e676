// Memory of a device, and views of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace shortlist::tensor {

class Backend;

// Owns bytes on a backend's device; move-only. The backend must outlive it.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Backend* backend, void* data, std::size_t bytes) : backend_(backend), data_(data), bytes_(bytes) {}
  ~Buffer();
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept;

  std::size_t bytes() const { return bytes_; }
  template <class T>
  T* As() const {
    return static_cast<T*>(data_);
  }

 private:
  Backend* backend_ = nullptr;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

// Row-major device memory without ownership: element (r, c) is data[r * columns + c].
struct Matrix {
  float* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  std::int64_t size() const { return rows * columns; }
};

struct ConstMatrix {
  const float* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  ConstMatrix() = default;
  ConstMatrix(const float* values, std::int64_t row_count, std::int64_t column_count)
      : data(values), rows(row_count), columns(column_count) {}
  ConstMatrix(const Matrix& matrix)  // NOLINT(google-explicit-constructor): a view of a mutable matrix is a const view
      : data(matrix.data), rows(matrix.rows), columns(matrix.columns) {}
  std::int64_t size() const { return rows * columns; }
};

// Device view of ragged rows of weighted ids (base::Bags): row r is [offsets[r], offsets[r + 1]).
struct BagsView {
  const std::int32_t* ids = nullptr;      // [count], each in [0, table rows)
  const float* weights = nullptr;         // [count]
  const std::int64_t* offsets = nullptr;  // [rows + 1], offsets[0] = 0, offsets[rows] = count
  std::int64_t rows = 0;
  std::int64_t count = 0;
};

// Device view of the rows of a matrix as sequences of any length, one behind the other without padding: sequence s is
// rows [offsets[s], offsets[s + 1]), oldest first.
struct SequencesView {
  const std::int64_t* offsets = nullptr;  // [sequences + 1], offsets[0] = 0, offsets[sequences] = rows
  std::int64_t sequences = 0;
  std::int64_t rows = 0;
  std::int64_t longest = 0;  // no sequence has more rows
};

}  // namespace shortlist::tensor
