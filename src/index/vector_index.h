// Nearest neighbors by inner product, over Faiss. Cosine similarity is the inner product of normalized vectors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "shortlist/settings/index.h"

namespace shortlist::index {

struct Neighbor {
  std::int32_t id = -1;
  float score = 0;
};

// Immutable after Build or Load; Search is thread-safe and single-threaded per call.
class VectorIndex {
 public:
  // vectors is row-major [count, width]; ids are the row numbers. Deterministic for a given input.
  static VectorIndex Build(const VectorIndexSettings& settings, std::span<const float> vectors, std::int64_t width);
  // The caller has verified the file's digest. Throws Error{kDataLoss} naming the file if it is not an index of
  // `expected_count` vectors of `expected_width`.
  static VectorIndex Load(const std::filesystem::path& path, const VectorIndexSettings& settings,
                          std::int64_t expected_count, std::int64_t expected_width);
  ~VectorIndex();
  VectorIndex(VectorIndex&&) noexcept;
  VectorIndex& operator=(VectorIndex&&) noexcept;

  void Save(const std::filesystem::path& path) const;

  std::int64_t size() const;
  std::int64_t width() const;
  IndexKind kind() const;

  // The k best for each of the queries (row-major [n, width]), best first, ties by the smaller id; fewer if the index
  // has fewer. `excluded` (sorted, unique) never appear, and cost no places: k results are returned whenever k remain.
  std::vector<Neighbor> Search(std::span<const float> query, std::int64_t k,
                               std::span<const std::int32_t> excluded = {}) const;
  std::vector<std::vector<Neighbor>> SearchBatch(std::span<const float> queries, std::int64_t k) const;

  // The stored vector of an id (exact for every kind).
  std::vector<float> Vector(std::int32_t id) const;

 private:
  struct State;
  explicit VectorIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What `doctor` says of Faiss: version and instruction sets it was built for.
std::string FaissDescription();

}  // namespace shortlist::index
