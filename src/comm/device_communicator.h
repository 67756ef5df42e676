// The seam to what a device's plug-in offers for ranks: operations on its own memory.
#pragma once

#include <chrono>
#include <memory>

#include "base/plugin.h"
#include "comm/communicator.h"
#include "tensor/backend.h"

namespace shortlist::comm {

// The plug-in's exported function; its name changes with its meaning.
inline constexpr const char* kDeviceCommunicatorEntry = "shortlist_device_communicator_1";
using DeviceCommunicatorEntry = Communicator*(tensor::Backend& backend, Communicator& host,
                                              std::int64_t timeout_milliseconds);

// The ranks of `host`, with buffers in the memory of `backend`, which comes from the same plug-in; both must outlive
// it. Throws Error{kUnimplemented} if the plug-in has no communicator, and what that throws.
std::unique_ptr<Communicator> OpenDeviceCommunicator(const base::Plugin& plugin, tensor::Backend& backend,
                                                     Communicator& host, std::chrono::milliseconds timeout);

}  // namespace shortlist::comm
