// In place of Faiss's library for GPUs: the declared functions that a flat index needs, computed by the CPU.
#include <utility>

#include <faiss/IndexFlat.h>
#include <faiss/gpu/GpuIndexFlat.h>
#include <faiss/gpu/StandardGpuResources.h>

namespace faiss::gpu {

class FlatIndex : public IndexFlat {
 public:
  using IndexFlat::IndexFlat;
};

GpuResources::~GpuResources() = default;
GpuResourcesProvider::~GpuResourcesProvider() = default;
StandardGpuResources::StandardGpuResources() = default;
StandardGpuResources::~StandardGpuResources() = default;
std::shared_ptr<GpuResources> StandardGpuResources::getResources() {
  return nullptr;
}

GpuIndex::GpuIndex(std::shared_ptr<GpuResources> resources, int dims, MetricType metric, float metricArg,
                   GpuIndexConfig config)
    : Index(dims, metric), resources_(std::move(resources)), config_(config), minPagedSize_(0) {
  metric_arg = metricArg;
}
void GpuIndex::add(idx_t n, const float* x) {
  addImpl_(static_cast<int>(n), x, nullptr);
}
void GpuIndex::add_with_ids(idx_t n, const float* x, const idx_t* ids) {
  addImpl_(static_cast<int>(n), x, ids);
}
void GpuIndex::assign(idx_t n, const float* x, idx_t* labels, idx_t k) const {
  Index::assign(n, x, labels, k);
}
void GpuIndex::search(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels,
                      const SearchParameters* params) const {
  searchImpl_(static_cast<int>(n), x, static_cast<int>(k), distances, labels, params);
}
void GpuIndex::search_and_reconstruct(idx_t n, const float* x, idx_t k, float* distances, idx_t* labels, float* recons,
                                      const SearchParameters* params) const {
  Index::search_and_reconstruct(n, x, k, distances, labels, recons, params);
}
void GpuIndex::compute_residual(const float* x, float* residual, idx_t key) const {
  Index::compute_residual(x, residual, key);
}
void GpuIndex::compute_residual_n(idx_t n, const float* xs, float* residuals, const idx_t* keys) const {
  Index::compute_residual_n(n, xs, residuals, keys);
}

GpuIndexFlat::GpuIndexFlat(GpuResourcesProvider* provider, int dims, MetricType metric, GpuIndexFlatConfig config)
    : GpuIndex(provider->getResources(), dims, metric, 0, config),
      flatConfig_(config),
      data_(std::make_unique<FlatIndex>(dims, metric)) {}
GpuIndexFlat::~GpuIndexFlat() = default;
void GpuIndexFlat::reset() {
  data_->reset();
  ntotal = 0;
}
void GpuIndexFlat::train(idx_t /*n*/, const float* /*x*/) {}
void GpuIndexFlat::add(idx_t n, const float* x) {
  GpuIndex::add(n, x);
}
void GpuIndexFlat::reconstruct(idx_t key, float* out) const {
  data_->reconstruct(key, out);
}
void GpuIndexFlat::reconstruct_n(idx_t i0, idx_t num, float* out) const {
  data_->reconstruct_n(i0, num, out);
}
void GpuIndexFlat::reconstruct_batch(idx_t n, const idx_t* keys, float* out) const {
  data_->reconstruct_batch(n, keys, out);
}
void GpuIndexFlat::compute_residual(const float* x, float* residual, idx_t key) const {
  data_->compute_residual(x, residual, key);
}
void GpuIndexFlat::compute_residual_n(idx_t n, const float* xs, float* residuals, const idx_t* keys) const {
  data_->compute_residual_n(n, xs, residuals, keys);
}
bool GpuIndexFlat::addImplRequiresIDs_() const {
  return false;
}
void GpuIndexFlat::addImpl_(int n, const float* x, const idx_t* /*ids*/) {
  data_->add(n, x);
  ntotal = data_->ntotal;
}
void GpuIndexFlat::searchImpl_(int n, const float* x, int k, float* distances, idx_t* labels,
                               const SearchParameters* params) const {
  data_->search(n, x, k, distances, labels, params);
}

}  // namespace faiss::gpu
