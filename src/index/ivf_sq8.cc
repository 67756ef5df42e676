#include "index/ivf_sq8.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include <faiss/IndexScalarQuantizer.h>

#include "index/equal_norms.h"
#include "index/inverted_lists.h"
#include "index/list_structure.h"
#include "index/require.h"

namespace shortlist::index {
namespace {

constexpr float kLevels = 255;

// One more than the width (equal_norms.h), and whole SIMD registers of Faiss's decoder.
std::int64_t PaddedWidth(std::int64_t width) {
  constexpr std::int64_t kRegister = 8;
  return (width + kRegister) / kRegister * kRegister;
}

void RequireQuantizer(const faiss::IndexIVFScalarQuantizer& lists) {
  const auto& quantizer = lists.sq;
  const auto width = static_cast<std::size_t>(lists.d);
  const bool known = quantizer.qtype == faiss::ScalarQuantizer::QT_8bit && quantizer.d == width &&
                     quantizer.code_size == width && lists.code_size == width && !lists.by_residual;
  RequireStored(known && quantizer.trained.size() == 2 * width, "its quantizer is unsound");
  RequireStored(std::ranges::all_of(quantizer.trained, [](float value) { return std::isfinite(value); }),
                "the ranges of its quantizer are not finite");
}

// Faiss decodes a byte as least + (byte + 1/2) / 255 * range, and keeps all least values before all ranges.
ByteRows RowsOf(const faiss::IndexIVFScalarQuantizer& lists, std::int64_t width) {
  ByteRows bytes{CodesById(lists), {}, {}};
  for (std::int64_t i = 0; i < width; ++i) {
    const float step = lists.sq.trained[static_cast<std::size_t>(lists.d + i)] / kLevels;
    bytes.base.push_back(lists.sq.trained[static_cast<std::size_t>(i)] + step / 2);
    bytes.step.push_back(step);
  }
  return bytes;
}

class IvfSq8 : public ListStructure {
 public:
  IvfSq8(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape shape)
      : ListStructure(settings, std::move(index), {shape.count, PaddedWidth(shape.width)}) {
    const auto* bytes = dynamic_cast<const faiss::IndexIVFScalarQuantizer*>(&lists());
    RequireStored(bytes != nullptr, "its lists do not hold bytes");
    RequireQuantizer(*bytes);
    SetVectors({{}, shape.width, RowsOf(*bytes, shape.width)});
  }
};

}  // namespace

std::unique_ptr<faiss::Index> BuildIvfSq8(const VectorIndexSettings& settings, std::span<const float> vectors,
                                          VectorShape shape, const ScanDevice* device) {
  const std::int64_t width = PaddedWidth(shape.width);
  std::unique_ptr<faiss::Index> centroids = Centroids(width);
  auto lists = std::make_unique<faiss::IndexIVFScalarQuantizer>(
      centroids.get(), static_cast<std::size_t>(width), static_cast<std::size_t>(ListCount(settings, shape.count)),
      faiss::ScalarQuantizer::QT_8bit, faiss::METRIC_INNER_PRODUCT, /*by_residual=*/false);
  lists->quantizer = centroids.release();
  lists->own_fields = true;
  FillLists(*lists, WithEqualNorms(vectors, shape, width), device);
  return lists;
}

std::unique_ptr<SearchStructure> OpenIvfSq8(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                            VectorShape shape) {
  return std::make_unique<IvfSq8>(settings, std::move(index), shape);
}

void WalkIvfSq8(VectorShape shape, FaissLayout& file) {
  const VectorShape padded{shape.count, PaddedWidth(shape.width)};
  const std::int64_t lists = file.ListsHeader("IwSq", padded);
  file.Expect(std::int32_t{faiss::ScalarQuantizer::QT_8bit}, "its quantizer is unsound");
  file.Read<std::int32_t>();  // how ranges were found
  file.Read<float>();
  file.Expect(padded.width, "its quantizer is unsound");
  file.Expect(padded.width, "its quantizer is unsound");
  file.Array(sizeof(float), 2 * padded.width, "its quantizer is unsound");
  file.Expect(padded.width, "its lists hold other codes");
  file.Expect(std::uint8_t{0}, "its codes have an unknown layout");
  file.Lists(lists, padded.count, padded.width);
}

}  // namespace shortlist::index
