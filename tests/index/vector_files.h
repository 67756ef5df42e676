// Files of vectors as benchmarks of nearest neighbors exchange them (.fvecs, .ivecs): each row is an int32 count, then
// as many float32 or int32 values, little-endian. Compressed with zstd.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace shortlist::index {

template <class Value>
struct VectorFile {
  std::int64_t width = 0;
  std::vector<Value> values;  // row-major [rows, width]
};

// Defined for float and std::int32_t. Throws Error if the file is missing or not of this form.
template <class Value>
VectorFile<Value> ReadVectorFile(const std::filesystem::path& path);

}  // namespace shortlist::index
