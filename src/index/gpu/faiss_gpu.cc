// Faiss's exact search on a GPU, behind the one exported function of the plug-in libshortlist_faiss_gpu.so. Compiles
// with the headers of Faiss 1.7.3 and newer; a Faiss that was built with cuVS searches by cuVS by its own default.
#include <faiss/gpu/GpuIndexFlat.h>
#include <faiss/gpu/StandardGpuResources.h>

#include "index/scan_device.h"

namespace shortlist::index {
namespace {

faiss::gpu::GpuIndexFlatConfig On(int device) {
  faiss::gpu::GpuIndexFlatConfig config;
  config.device = device;
  config.useFloat16 = false;
  config.storeTransposed = false;  // without meaning, and not initialized by Faiss
  return config;
}

faiss::MetricType MetricOf(Nearness nearness) {
  return nearness == Nearness::kInnerProduct ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2;
}

// Streams, the handle of cuBLAS and scratch memory; a base, so that they outlive the index that uses them.
struct Resources {
  faiss::gpu::StandardGpuResources resources;
};

class GpuFlat : private Resources, public faiss::gpu::GpuIndexFlat {
 public:
  GpuFlat(int device, std::int64_t width, Nearness nearness)
      : GpuIndexFlat(&resources, static_cast<int>(width), MetricOf(nearness), On(device)) {}
};

}  // namespace
}  // namespace shortlist::index

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, whose name is kFaissGpuEntry.
extern "C" __attribute__((visibility("default"))) faiss::Index* shortlist_flat_on_gpu_1(
    int device, std::int64_t width, shortlist::index::Nearness nearness) {
  return new shortlist::index::GpuFlat(device, width, nearness);
}
