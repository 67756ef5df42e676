#include "index/ivf_flat.h"

#include <algorithm>

#include <faiss/IndexIVFFlat.h>

#include "index/equal_norms.h"
#include "index/inverted_lists.h"
#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

std::int64_t PaddedWidth(std::int64_t width) {
  return width + 1;
}

class IvfFlat : public SearchStructure {
 public:
  IvfFlat(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape shape)
      : index_(std::move(index)) {
    lists_ = dynamic_cast<const faiss::IndexIVFFlat*>(index_.get());
    RequireStored(lists_ != nullptr, "it has no lists of vectors");
    RequireShape(*lists_, {shape.count, PaddedWidth(shape.width)});
    RequireStored(lists_->code_size == static_cast<std::size_t>(lists_->d) * sizeof(float), "its vectors are cut off");
    RequireLists(*lists_);
    probes_ = ProbeCount(settings, *lists_);
  }

  std::vector<const float*> Rows() const override {
    std::vector<const float*> rows(static_cast<std::size_t>(lists_->ntotal));
    for (std::size_t list = 0; list < lists_->nlist; ++list) {
      const auto* vectors = reinterpret_cast<const float*>(lists_->invlists->get_codes(list));
      const auto* ids = lists_->invlists->get_ids(list);
      for (std::size_t i = 0; i < lists_->invlists->list_size(list); ++i) {
        rows[static_cast<std::size_t>(ids[i])] = vectors + i * static_cast<std::size_t>(lists_->d);
      }
    }
    return rows;
  }

  // Beyond a quarter of the lists a scan of all vectors takes no longer.
  std::int64_t MaxNeighbors() const override {
    return NeighborsWithin(*lists_, std::max(probes_, static_cast<std::int64_t>(lists_->nlist) / 4));
  }
  const faiss::Index& faiss_index() const override { return *index_; }

  std::vector<std::int32_t> Candidates(std::span<const float> query, std::int64_t count,
                                       std::int64_t unwanted) const override {
    const std::int64_t all = count + unwanted;
    faiss::IVFSearchParameters probing;
    probing.nprobe = static_cast<std::size_t>(std::max(probes_, ProbesFor(*lists_, all)));
    std::vector<float> scores(static_cast<std::size_t>(all));
    std::vector<std::int64_t> ids(scores.size());
    lists_->search(1, Padded(query, lists_->d).data(), all, scores.data(), ids.data(), &probing);
    std::erase(ids, -1);
    return {ids.begin(), ids.end()};
  }

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexIVFFlat* lists_;
  std::int64_t probes_ = 0;
};

}  // namespace

std::unique_ptr<faiss::Index> BuildIvfFlat(const VectorIndexSettings& settings, std::span<const float> vectors,
                                           VectorShape shape) {
  const std::int64_t width = PaddedWidth(shape.width);
  std::unique_ptr<faiss::Index> centroids = Centroids(width);
  auto lists = std::make_unique<faiss::IndexIVFFlat>(centroids.get(), static_cast<std::size_t>(width),
                                                     static_cast<std::size_t>(ListCount(settings, shape.count)),
                                                     faiss::METRIC_INNER_PRODUCT);
  lists->quantizer = centroids.release();
  lists->own_fields = true;
  FillLists(*lists, WithEqualNorms(vectors, shape, width));
  return lists;
}

std::unique_ptr<SearchStructure> OpenIvfFlat(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                             VectorShape shape) {
  return std::make_unique<IvfFlat>(settings, std::move(index), shape);
}

}  // namespace shortlist::index
