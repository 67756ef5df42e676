#include "index/flat.h"

#include <utility>

#include <faiss/IndexFlat.h>

#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

class Flat : public SearchStructure {
 public:
  Flat(std::unique_ptr<faiss::Index> index, VectorShape shape) : index_(std::move(index)) {
    flat_ = dynamic_cast<const faiss::IndexFlat*>(index_.get());
    RequireStored(flat_ != nullptr, "it is not flat");
    RequireShape(*flat_, shape);
    RequireFlat(*flat_, shape);
    vectors_ = {RowsOf(*flat_), shape.width};
  }

  const VectorTable& Vectors() const override { return vectors_; }
  std::int64_t MaxNeighbors() const override { return 0; }
  Found Nearest(const Query& /*query*/, std::int64_t /*count*/, std::int64_t /*unwanted*/) const override { return {}; }
  const faiss::Index& faiss_index() const override { return *index_; }
  std::unique_ptr<faiss::Index> Release() override { return std::move(index_); }

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexFlat* flat_;
  VectorTable vectors_;
};

}  // namespace

std::vector<const float*> RowsOf(const faiss::IndexFlat& flat) {
  std::vector<const float*> rows(static_cast<std::size_t>(flat.ntotal));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = flat.get_xb() + i * static_cast<std::size_t>(flat.d);
  return rows;
}

std::unique_ptr<faiss::Index> BuildFlat(std::span<const float> vectors, VectorShape shape) {
  auto index = std::make_unique<faiss::IndexFlatIP>(shape.width);
  index->add(shape.count, vectors.data());
  return index;
}

std::unique_ptr<SearchStructure> OpenFlat(std::unique_ptr<faiss::Index> index, VectorShape shape) {
  return std::make_unique<Flat>(std::move(index), shape);
}

void WalkFlat(VectorShape shape, FaissLayout& file) {
  file.Flat("IxFI", shape);
}

}  // namespace shortlist::index
