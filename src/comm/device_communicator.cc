#include "comm/device_communicator.h"

#include "shortlist/error.h"

namespace shortlist::comm {

std::unique_ptr<Communicator> OpenDeviceCommunicator(const base::Plugin& plugin, tensor::Backend& backend,
                                                     Communicator& host, std::chrono::milliseconds timeout) {
  auto* const open = plugin.Find<DeviceCommunicatorEntry>(kDeviceCommunicatorEntry);
  if (open == nullptr) {
    throw Error(Code::kUnimplemented, "ranks on " + backend.Name() +
                                          " cannot communicate, because the device's plug-in was built without NCCL; "
                                          "train on one device, or with device: cpu");
  }
  return std::unique_ptr<Communicator>(open(backend, host, timeout.count()));
}

}  // namespace shortlist::comm
