#include "index/soundness.h"

#include <faiss/IndexFlat.h>

#include "index/require.h"

namespace shortlist::index {

void RequireShape(const faiss::Index& index, VectorShape shape) {
  RequireStored(index.ntotal == shape.count, "it holds another number of vectors");
  RequireStored(index.d == shape.width, "its vectors have another width");
  RequireStored(index.metric_type == faiss::METRIC_INNER_PRODUCT, "its metric is not the inner product");
  RequireStored(index.is_trained, "it is not trained");
}

void RequireFlat(const faiss::IndexFlat& flat, VectorShape shape) {
  RequireStored(flat.ntotal == shape.count && flat.d == shape.width, "its table of vectors has another shape");
  const auto values = static_cast<std::size_t>(shape.count) * static_cast<std::size_t>(shape.width);
  RequireStored(flat.codes.size() == values * sizeof(float), "its table of vectors is cut off");
}

}  // namespace shortlist::index
