// The communicator of this process, from what its launcher and its settings say.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "comm/communicator.h"
#include "comm/launch.h"
#include "shortlist/settings/communication.h"
#include "tensor/backend.h"

namespace shortlist::comm {

// Joins the other ranks; solo for a job of one. The others' memory is host memory, and `backend` must outlive the
// communicator. `abandon` is as in WatchOptions. Throws Error{kFailedPrecondition} saying what is missing for the
// transport of the settings, and what the transport throws.
std::unique_ptr<Communicator> JoinJob(const Launch& launch, const CommunicationSettings& settings,
                                      tensor::Backend& backend, std::function<void(const std::string& reason)> abandon);

}  // namespace shortlist::comm
