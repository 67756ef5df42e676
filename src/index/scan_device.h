// The GPU on which vectors are scanned, by Faiss's library for GPUs: the seam to the plug-in libshortlist_faiss_gpu.so,
// the one part of the program that links that library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shortlist/device.h"

namespace faiss {
struct Index;
}

namespace shortlist::index {

enum class Nearness { kInnerProduct, kDistance };

// The plug-in's exported function: an index without vectors on the GPU of that number, which owns what it needs there.
// Its name changes with its meaning.
inline constexpr const char* kFaissGpuEntry = "shortlist_flat_on_gpu_1";
using FaissGpuEntry = faiss::Index*(int device, std::int64_t width, Nearness nearness);

// Immutable; thread-safe.
class ScanDevice {
 public:
  ScanDevice(FaissGpuEntry& make_flat, int number) : make_flat_(&make_flat), number_(number) {}

  // As the setting `device` names it.
  std::string Name() const { return "cuda:" + std::to_string(number_); }

  // A flat index on the device. It computes in float32 and is not thread-safe. It and its functions throw a
  // std::exception if the device has no room; other errors of CUDA are assertions of Faiss, which end the program.
  std::unique_ptr<faiss::Index> MakeFlat(std::int64_t width, Nearness nearness) const;

 private:
  FaissGpuEntry* make_flat_;
  int number_;
};

struct ScanDeviceChoice {
  std::optional<ScanDevice> device;  // none: vectors are scanned by the CPU
  std::string reason;                // for people
};

// Where vectors are scanned if models compute on `computing`: on the same GPU, which answers, where the plug-in opens,
// else on the CPU. Never throws.
ScanDeviceChoice ChooseScanDevice(DeviceName computing, const std::vector<std::filesystem::path>& directories);

}  // namespace shortlist::index
