#include "index/ivf_pq_fastscan.h"

#include <algorithm>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexRefine.h>
#include <faiss/invlists/BlockInvertedLists.h>

#include "index/equal_norms.h"
#include "index/flat.h"
#include "index/inverted_lists.h"
#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

constexpr std::size_t kBits = 4;
constexpr std::size_t kBlock = 32;
constexpr std::int64_t kCodesPerByte = 2;
constexpr std::int64_t kUsualValuesPerCode = 2;

// Values of a vector that one 4-bit code stands for.
std::int64_t ValuesPerCode(const VectorIndexSettings& settings, std::int64_t width) {
  if (settings.pq_bytes == 0) return kUsualValuesPerCode;
  const std::int64_t codes = settings.pq_bytes * kCodesPerByte;
  return (width + codes) / codes;
}

// One more than the width (equal_norms.h), and a whole number of codes.
std::int64_t PaddedWidth(const VectorIndexSettings& settings, std::int64_t width) {
  const std::int64_t values = ValuesPerCode(settings, width);
  return (width + values) / values * values;
}

void RequireCodes(const faiss::IndexIVFPQFastScan& index) {
  const auto& pq = index.pq;
  const bool quantizer = pq.nbits == kBits && pq.d == static_cast<std::size_t>(index.d) && pq.M > 0 &&
                         pq.d % pq.M == 0 && pq.centroids.size() == pq.d << kBits;
  RequireStored(quantizer, "its quantizer is unsound");
  const bool layout = index.M == pq.M && index.M2 == (pq.M + 1) / 2 * 2 && index.bbs == kBlock && index.implem == 0 &&
                      index.qbs2 == 0 && !index.by_residual;
  RequireStored(layout, "its codes have an unknown layout");
}

void RequireBlocks(const faiss::IndexIVFPQFastScan& index) {
  const auto* lists = dynamic_cast<const faiss::BlockInvertedLists*>(index.invlists);
  const std::size_t bytes = kBlock * index.M2 / 2;
  RequireStored(lists != nullptr && lists->n_per_block == kBlock && lists->block_size == bytes,
                "its blocks are unsound");
  RequireStored(lists->codes.size() == lists->nlist && lists->ids.size() == lists->nlist, "it lacks lists");
  for (std::size_t list = 0; list < lists->nlist; ++list) {
    const std::size_t blocks = (lists->ids[list].size() + kBlock - 1) / kBlock;
    RequireStored(lists->codes[list].size() == blocks * bytes, "the codes of a list are cut off");
  }
}

class IvfPqFastScan : public SearchStructure {
 public:
  IvfPqFastScan(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape shape)
      : index_(std::move(index)), refine_factor_(settings.refine_factor) {
    auto* refined = dynamic_cast<faiss::IndexRefine*>(index_.get());
    RequireStored(refined != nullptr, "it has no vectors beside its codes");
    codes_ = dynamic_cast<faiss::IndexIVFPQFastScan*>(refined->base_index);
    vectors_ = dynamic_cast<const faiss::IndexFlat*>(refined->refine_index);
    RequireStored(codes_ != nullptr && vectors_ != nullptr, "it lacks codes or vectors");
    const VectorShape padded{shape.count, PaddedWidth(settings, shape.width)};
    RequireShape(*codes_, padded);
    RequireShape(*vectors_, padded);
    RequireFlat(*vectors_, padded);
    RequireCodes(*codes_);
    RequireBlocks(*codes_);
    RequireLists(*codes_);
    codes_->nprobe = static_cast<std::size_t>(ProbeCount(settings, *codes_));
  }

  std::vector<const float*> Rows() const override { return RowsOf(*vectors_); }
  // Faiss 1.7.3 knows no number of probes per query for this kind.
  std::int64_t MaxNeighbors() const override {
    return NeighborsWithin(*codes_, static_cast<std::int64_t>(codes_->nprobe));
  }
  const faiss::Index& faiss_index() const override { return *index_; }

  std::vector<std::int32_t> Candidates(std::span<const float> query, std::int64_t count,
                                       std::int64_t unwanted) const override {
    const std::int64_t refined = std::min(count * refine_factor_ + unwanted, codes_->ntotal);
    std::vector<float> estimates(static_cast<std::size_t>(refined));
    std::vector<std::int64_t> ids(estimates.size());
    codes_->search(1, Padded(query, codes_->d).data(), refined, estimates.data(), ids.data());
    std::erase(ids, -1);
    return {ids.begin(), ids.end()};
  }

 private:
  std::unique_ptr<faiss::Index> index_;
  faiss::IndexIVFPQFastScan* codes_;
  const faiss::IndexFlat* vectors_;
  std::int64_t refine_factor_;
};

}  // namespace

std::unique_ptr<faiss::Index> BuildIvfPqFastScan(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                 VectorShape shape) {
  const std::int64_t width = PaddedWidth(settings, shape.width);
  const std::vector<float> padded = WithEqualNorms(vectors, shape, width);
  std::unique_ptr<faiss::Index> centroids = Centroids(width);
  auto codes = std::make_unique<faiss::IndexIVFPQFastScan>(
      centroids.get(), static_cast<std::size_t>(width), static_cast<std::size_t>(ListCount(settings, shape.count)),
      static_cast<std::size_t>(width / ValuesPerCode(settings, shape.width)), kBits, faiss::METRIC_INNER_PRODUCT);
  codes->quantizer = centroids.release();
  codes->own_fields = true;
  FillLists(*codes, padded);
  auto refined = std::make_unique<faiss::IndexRefineFlat>(codes.get(), padded.data());
  refined->base_index = codes.release();
  refined->own_fields = true;
  return refined;
}

std::unique_ptr<SearchStructure> OpenIvfPqFastScan(const VectorIndexSettings& settings,
                                                   std::unique_ptr<faiss::Index> index, VectorShape shape) {
  return std::make_unique<IvfPqFastScan>(settings, std::move(index), shape);
}

}  // namespace shortlist::index
