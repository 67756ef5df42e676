#include "comm/mpi_plugin.h"

#include "shortlist/error.h"

namespace shortlist::comm {

std::unique_ptr<Transport> OpenMpiTransport(const base::Plugin& plugin, std::chrono::milliseconds timeout) {
  auto* const open = plugin.Find<MpiEntry>(kMpiEntry);
  if (open == nullptr) {
    throw Error(Code::kFailedPrecondition, "the plug-in libshortlist_mpi.so is of another version of shortlist");
  }
  return std::unique_ptr<Transport>(open(timeout.count()));
}

}  // namespace shortlist::comm
