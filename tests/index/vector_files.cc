#include "index/vector_files.h"

#include <cstring>
#include <string>

#include <zstd.h>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

std::string Decompressed(const std::filesystem::path& path) {
  const std::string compressed = base::ReadFile(path);
  std::string text(ZSTD_getFrameContentSize(compressed.data(), compressed.size()), '\0');
  const std::size_t size = ZSTD_decompress(text.data(), text.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0) throw Error(Code::kDataLoss, path.string() + ": " + ZSTD_getErrorName(size));
  return text;
}

}  // namespace

template <class Value>
VectorFile<Value> ReadVectorFile(const std::filesystem::path& path) {
  const std::string bytes = Decompressed(path);
  std::int32_t width = 0;
  std::memcpy(&width, bytes.data(), sizeof(width));
  const std::size_t row_bytes = sizeof(width) + static_cast<std::size_t>(width) * sizeof(Value);
  if (width <= 0 || bytes.size() % row_bytes != 0) throw Error(Code::kDataLoss, path.string() + " has no whole rows");
  const std::size_t rows = bytes.size() / row_bytes;
  VectorFile<Value> file{width, std::vector<Value>(rows * static_cast<std::size_t>(width))};
  for (std::size_t row = 0; row < rows; ++row) {
    std::memcpy(&file.values[row * static_cast<std::size_t>(width)], &bytes[row * row_bytes + sizeof(width)],
                row_bytes - sizeof(width));
  }
  return file;
}

template VectorFile<float> ReadVectorFile<float>(const std::filesystem::path& path);
template VectorFile<std::int32_t> ReadVectorFile<std::int32_t>(const std::filesystem::path& path);

}  // namespace shortlist::index
