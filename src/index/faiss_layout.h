// Walks over a file of Faiss's format before Faiss reads it. Faiss allocates what a file declares and then reads it, so
// a file that lies about a size costs as much memory as it likes; here every declared size must fit what is left of the
// file and what the shape of the index leads to expect. Allocates nothing that grows with the file.
//
// Methods throw Error{kDataLoss} with the reason. The layout is that of faiss::write_index of 1.7.3 to 1.13.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "index/search_structure.h"
#include "shortlist/error.h"

namespace shortlist::index {

enum class StoredMetric : std::int32_t { kInnerProduct = 0, kDistance = 1 };

class FaissLayout {
 public:
  explicit FaissLayout(const std::filesystem::path& path);

  // The beginning of every index.
  void Header(std::string_view fourcc, VectorShape shape, StoredMetric metric = StoredMetric::kInnerProduct);
  // A whole flat index.
  void Flat(std::string_view fourcc, VectorShape shape, StoredMetric metric = StoredMetric::kInnerProduct);
  // What every index with inverted lists begins with, its centroids among it. Returns the number of lists.
  std::int64_t ListsHeader(std::string_view fourcc, VectorShape shape);
  // Inverted lists with codes of so many bytes.
  void Lists(std::int64_t lists, std::int64_t count, std::int64_t code_bytes);
  // Inverted lists in blocks, padded to `per_block` vectors of so many bytes together.
  void BlockLists(std::int64_t lists, std::int64_t count, std::int64_t per_block, std::int64_t block_bytes);

  template <class Value>
  Value Read();
  // A value that must be this.
  template <class Value>
  void Expect(Value expected, std::string_view otherwise);
  // Any number of values of so many bytes, which it returns.
  std::int64_t Array(std::int64_t value_bytes);
  void Array(std::int64_t value_bytes, std::int64_t expected, std::string_view otherwise);
  void Name(std::string_view fourcc);
  // Nothing is left.
  void End() const;

 private:
  void ReadBytes(void* to, std::int64_t bytes);
  void Skip(std::int64_t bytes);
  void Sizes(std::int64_t lists, std::int64_t count);

  std::ifstream file_;
  std::int64_t left_ = 0;
};

template <class Value>
Value FaissLayout::Read() {
  Value value{};
  ReadBytes(&value, sizeof(value));
  return value;
}

template <class Value>
void FaissLayout::Expect(Value expected, std::string_view otherwise) {
  if (Read<Value>() != expected) throw Error(Code::kDataLoss, std::string(otherwise));
}

}  // namespace shortlist::index
