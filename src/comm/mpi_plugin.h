// The seam to the plug-in libshortlist_mpi.so, the one part of the program that links MPI.
#pragma once

#include <chrono>
#include <memory>

#include "base/plugin.h"
#include "comm/transport.h"

namespace shortlist::comm {

// The plug-in's exported function; its name changes with its meaning.
inline constexpr const char* kMpiEntry = "shortlist_open_mpi_1";
using MpiEntry = Transport*(std::int64_t timeout_milliseconds);

// Messages over MPI, between the ranks that mpirun has started. Throws Error{kFailedPrecondition} if the plug-in lacks
// the function.
std::unique_ptr<Transport> OpenMpiTransport(const base::Plugin& plugin, std::chrono::milliseconds timeout);

}  // namespace shortlist::comm
