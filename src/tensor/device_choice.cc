#include "tensor/device_choice.h"

#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

std::string TextOf(const DeviceDescription& device) {
  return device.name + " with " + std::to_string(device.memory_bytes >> 30) + " GiB";
}

DeviceChoice ChooseCuda(int index, const DeviceLibrary& library) {
  const std::string name = "device: cuda:" + std::to_string(index);
  if (library.devices.empty()) throw Error(Code::kUnavailable, name + " does not answer: " + library.problem);
  if (static_cast<std::size_t>(index) >= library.devices.size()) {
    throw Error(Code::kUnavailable, name + " does not answer: the machine has " +
                                        std::to_string(library.devices.size()) + " device(s), counted from 0");
  }
  return {{DeviceKind::kCuda, index},
          "the configuration says so: " + TextOf(library.devices[static_cast<std::size_t>(index)])};
}

DeviceChoice ChooseAny(const DeviceLibrary& library) {
  if (library.devices.empty()) return {{DeviceKind::kCpu, 0}, library.problem};
  return {{DeviceKind::kCuda, 0}, "it is the first GPU that answers: " + TextOf(library.devices.front())};
}

}  // namespace

DeviceChoice ChooseDevice(DeviceName wanted, const DeviceLibrary& library) {
  switch (wanted.kind) {
    case DeviceKind::kCpu:
      return {wanted, "the configuration says so"};
    case DeviceKind::kCuda:
      return ChooseCuda(wanted.index, library);
    case DeviceKind::kAuto:
      return ChooseAny(library);
  }
  return ChooseAny(library);
}

std::unique_ptr<Backend> MakeBackend(const DeviceChoice& choice, const DeviceLibrary& library, int threads,
                                     Precision precision) {
  if (choice.device.kind == DeviceKind::kCpu) return MakeCpuBackend(threads, precision);
  return library.plugin->make_backend(choice.device.index, precision);
}

}  // namespace shortlist::tensor
