#include "index/ivf_flat.h"

#include <algorithm>
#include <utility>

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
      : index_(std::move(index)), width_(shape.width) {
    lists_ = dynamic_cast<const faiss::IndexIVFFlat*>(index_.get());
    RequireStored(lists_ != nullptr, "it has no lists of vectors");
    RequireShape(*lists_, {shape.count, PaddedWidth(shape.width)});
    RequireStored(lists_->code_size == static_cast<std::size_t>(lists_->d) * sizeof(float), "its vectors are cut off");
    RequireLists(*lists_);
    RequireListCodes(*lists_);
    rule_ = ProbeRule(settings, *lists_);
  }

  VectorTable Vectors() const override {
    std::vector<const float*> rows;
    rows.reserve(static_cast<std::size_t>(lists_->ntotal));
    for (const std::uint8_t* code : CodesById(*lists_)) rows.push_back(reinterpret_cast<const float*>(code));
    return {std::move(rows), width_};
  }

  // Beyond a quarter of the lists a scan of all vectors takes no longer.
  std::int64_t MaxNeighbors() const override {
    return rule_.NeighborsWithin(std::max(rule_.least(), static_cast<std::int64_t>(lists_->nlist) / 4));
  }
  const faiss::Index& faiss_index() const override { return *index_; }
  std::unique_ptr<faiss::Index> Release() override { return std::move(index_); }

  std::vector<std::int32_t> Candidates(std::span<const float> query, std::int64_t count,
                                       std::int64_t unwanted) const override {
    return SearchLists(*lists_, query, count + unwanted, rule_.ProbesFor(count + unwanted));
  }

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexIVFFlat* lists_;
  std::int64_t width_;
  ProbeRule rule_;
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

void WalkIvfFlat(VectorShape shape, FaissLayout& file) {
  const VectorShape padded{shape.count, PaddedWidth(shape.width)};
  const std::int64_t lists = file.ListsHeader("IwFl", padded);
  file.Lists(lists, padded.count, padded.width * static_cast<std::int64_t>(sizeof(float)));
}

}  // namespace shortlist::index
