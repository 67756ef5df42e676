#include "index/ivf_flat.h"

#include <utility>

#include <faiss/IndexIVFFlat.h>

#include "index/equal_norms.h"
#include "index/inverted_lists.h"
#include "index/list_structure.h"
#include "index/require.h"

namespace shortlist::index {
namespace {

std::int64_t PaddedWidth(std::int64_t width) {
  return width + 1;
}

class IvfFlat : public ListStructure {
 public:
  IvfFlat(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape shape)
      : ListStructure(settings, std::move(index), {shape.count, PaddedWidth(shape.width)}) {
    const bool whole = dynamic_cast<const faiss::IndexIVFFlat*>(&lists()) != nullptr &&
                       lists().code_size == static_cast<std::size_t>(lists().d) * sizeof(float);
    RequireStored(whole, "its lists do not hold whole vectors");
    SetVectors({Rows(), shape.width});
  }

 private:
  std::vector<const float*> Rows() const {
    std::vector<const float*> rows;
    rows.reserve(static_cast<std::size_t>(lists().ntotal));
    for (const std::uint8_t* code : CodesById(lists())) rows.push_back(reinterpret_cast<const float*>(code));
    return rows;
  }
};

}  // namespace

std::unique_ptr<faiss::Index> BuildIvfFlat(const VectorIndexSettings& settings, std::span<const float> vectors,
                                           VectorShape shape, const ScanDevice* device) {
  const std::int64_t width = PaddedWidth(shape.width);
  std::unique_ptr<faiss::Index> centroids = Centroids(width);
  auto lists = std::make_unique<faiss::IndexIVFFlat>(centroids.get(), static_cast<std::size_t>(width),
                                                     static_cast<std::size_t>(ListCount(settings, shape.count)),
                                                     faiss::METRIC_INNER_PRODUCT);
  lists->quantizer = centroids.release();
  lists->own_fields = true;
  FillLists(*lists, WithEqualNorms(vectors, shape, width), device);
  return lists;
}

std::unique_ptr<SearchStructure> OpenIvfFlat(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                             VectorShape shape) {
  return std::make_unique<IvfFlat>(settings, std::move(index), shape);
}

void WalkIvfFlat(VectorShape shape, FaissLayout& file) {
  const VectorShape padded{shape.count, PaddedWidth(shape.width)};
  const std::int64_t lists = file.ListsHeader("IwFl", padded);
  file.Lists(lists, padded.count, padded.width * static_cast<std::int64_t>(sizeof(float)));
}

}  // namespace shortlist::index
