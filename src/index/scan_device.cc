#include "index/scan_device.h"

#include <faiss/Index.h>

#include "base/plugin.h"

namespace shortlist::index {

std::unique_ptr<faiss::Index> ScanDevice::MakeFlat(std::int64_t width, Nearness nearness) const {
  return std::unique_ptr<faiss::Index>(make_flat_(number_, width, nearness));
}

ScanDeviceChoice ChooseScanDevice(DeviceName computing, const std::vector<std::filesystem::path>& directories) {
  const base::Plugin plugin("faiss_gpu", directories);
  if (!plugin.open()) return {std::nullopt, "Faiss for GPUs is not built in, or does not open: " + plugin.problem()};
  auto* const make_flat = plugin.Find<FaissGpuEntry>(kFaissGpuEntry);
  if (make_flat == nullptr) {
    return {std::nullopt, "the plug-in libshortlist_faiss_gpu.so is of another version than this program"};
  }
  if (computing.kind != DeviceKind::kCuda) return {std::nullopt, "Faiss for GPUs is built in, but no GPU is in use"};
  return {ScanDevice(*make_flat, computing.index), "Faiss for GPUs is built in"};
}

}  // namespace shortlist::index
