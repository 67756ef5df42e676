#include "index/ivf_pq_fastscan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexRefine.h>
#include <faiss/invlists/BlockInvertedLists.h>

#include "index/code_scan.h"
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
    codes_ = dynamic_cast<const faiss::IndexIVFPQFastScan*>(refined->base_index);
    const auto* flat = dynamic_cast<const faiss::IndexFlat*>(refined->refine_index);
    RequireStored(codes_ != nullptr && flat != nullptr, "it lacks codes or vectors");
    const VectorShape padded{shape.count, PaddedWidth(settings, shape.width)};
    RequireShape(*codes_, padded);
    RequireShape(*flat, padded);
    RequireFlat(*flat, padded);
    vectors_ = {RowsOf(*flat), shape.width};
    RequireCodes(*codes_);
    RequireBlocks(*codes_);
    RequireLists(*codes_);
    rule_ = ProbeRule(settings, *codes_);
    scan_.emplace(*codes_, shape.width);
  }

  const VectorTable& Vectors() const override { return vectors_; }
  // Beyond a quarter of the lists a scan of all vectors takes no longer.
  std::int64_t MaxNeighbors() const override {
    return rule_.NeighborsWithin(std::max(rule_.least(), static_cast<std::int64_t>(codes_->nlist) / 4));
  }
  const faiss::Index& faiss_index() const override { return *index_; }
  std::unique_ptr<faiss::Index> Release() override { return std::move(index_); }

  Found Nearest(const Query& query, std::int64_t count, std::int64_t unwanted) const override {
    const Candidates candidates =
        scan_->Best(query, rule_.ProbesFor(count + unwanted), count * refine_factor_, unwanted);
    for (const std::int32_t id : candidates.ids) vectors_.FetchPlace(id);
    return {SearchExactlyAmong(vectors_, query.vector.data(), query.k, candidates.ids), candidates.passed_over};
  }

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexIVFPQFastScan* codes_;
  ProbeRule rule_;
  VectorTable vectors_;
  std::int64_t refine_factor_;
  std::optional<CodeScan> scan_;
};

}  // namespace

std::unique_ptr<faiss::Index> BuildIvfPqFastScan(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                 VectorShape shape, const ScanDevice* device) {
  const std::int64_t width = PaddedWidth(settings, shape.width);
  const std::vector<float> padded = WithEqualNorms(vectors, shape, width);
  std::unique_ptr<faiss::Index> centroids = Centroids(width);
  auto codes = std::make_unique<faiss::IndexIVFPQFastScan>(
      centroids.get(), static_cast<std::size_t>(width), static_cast<std::size_t>(ListCount(settings, shape.count)),
      static_cast<std::size_t>(width / ValuesPerCode(settings, shape.width)), kBits, faiss::METRIC_INNER_PRODUCT);
  codes->quantizer = centroids.release();
  codes->own_fields = true;
  FillLists(*codes, padded, device);
  auto refined = std::make_unique<faiss::IndexRefineFlat>(codes.get(), padded.data());
  refined->base_index = codes.release();
  refined->own_fields = true;
  return refined;
}

std::unique_ptr<SearchStructure> OpenIvfPqFastScan(const VectorIndexSettings& settings,
                                                   std::unique_ptr<faiss::Index> index, VectorShape shape) {
  return std::make_unique<IvfPqFastScan>(settings, std::move(index), shape);
}

void WalkIvfPqFastScan(const VectorIndexSettings& settings, VectorShape shape, FaissLayout& file) {
  const VectorShape padded{shape.count, PaddedWidth(settings, shape.width)};
  const std::int64_t codes = padded.width / ValuesPerCode(settings, shape.width);
  const std::int64_t padded_codes = (codes + 1) / kCodesPerByte * kCodesPerByte;
  file.Header("IxRF", padded);
  const std::int64_t lists = file.ListsHeader("IwPf", padded);
  file.Expect(std::uint8_t{0}, "its codes have an unknown layout");
  file.Read<std::uint64_t>();  // bytes of a code
  file.Expect(static_cast<std::int32_t>(kBlock), "its codes have an unknown layout");
  file.Expect(padded_codes, "its codes have an unknown layout");
  file.Read<std::int32_t>();
  file.Read<std::uint64_t>();
  file.Expect(padded.width, "its quantizer is unsound");
  file.Expect(codes, "its quantizer is unsound");
  file.Expect(static_cast<std::int64_t>(kBits), "its quantizer is unsound");
  file.Array(sizeof(float), padded.width << kBits, "its quantizer is unsound");
  const auto block = static_cast<std::int64_t>(kBlock);
  file.BlockLists(lists, padded.count, block, block * padded_codes / kCodesPerByte);
  file.Flat("IxFI", padded);
  file.Read<float>();  // how many of the codes are scored in full, which the settings say
}

}  // namespace shortlist::index
