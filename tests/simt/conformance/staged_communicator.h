// A communicator of device memory behind the one of host memory that the table of cases uses.
#pragma once

#include <memory>

#include "comm/communicator.h"
#include "tensor/backend.h"

namespace shortlist::conformance {

// Copies each operand to the device, calls `device`, and copies the result back. Both must outlive it.
std::unique_ptr<comm::Communicator> MakeStagedCommunicator(comm::Communicator& device, tensor::Backend& backend);

}  // namespace shortlist::conformance
