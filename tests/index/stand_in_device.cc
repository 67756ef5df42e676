#include "index/stand_in_device.h"

#include <stdexcept>

#include <faiss/IndexFlat.h>

namespace shortlist::index {
namespace {

faiss::MetricType MetricOf(Nearness nearness) {
  return nearness == Nearness::kInnerProduct ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2;
}

struct FullIndex : faiss::IndexFlat {
  using IndexFlat::IndexFlat;
  void add(idx_t /*count*/, const float* /*vectors*/) override { throw std::runtime_error("out of memory"); }
};

struct LostIndex : faiss::IndexFlat {
  using IndexFlat::IndexFlat;
  void search(idx_t /*count*/, const float* /*queries*/, idx_t /*k*/, float* /*scores*/, idx_t* /*ids*/,
              const faiss::SearchParameters* /*parameters*/) const override {
    throw std::runtime_error("the device is lost");
  }
};

template <class Index>
faiss::Index* Make(int /*device*/, std::int64_t width, Nearness nearness) {
  return new Index(width, MetricOf(nearness));
}

}  // namespace

ScanDevice WorkingDevice() {
  return {Make<faiss::IndexFlat>, 0};
}

ScanDevice FullDevice() {
  return {Make<FullIndex>, 0};
}

ScanDevice LostDevice() {
  return {Make<LostIndex>, 0};
}

}  // namespace shortlist::index
