#include "comm/job.h"

#include <cmath>

#include "base/log.h"
#include "base/plugin.h"
#include "comm/mpi_plugin.h"
#include "comm/overlapping_communicator.h"
#include "comm/tcp_transport.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

std::string NameOfJob(const Launch& launch) {
  return "rank " + std::to_string(launch.rank) + " of " + std::to_string(launch.size);
}

[[noreturn]] void ThrowMissing(const std::string& what) {
  throw Error(Code::kFailedPrecondition, what);
}

std::unique_ptr<Transport> OverTcp(const Launch& launch, const WatchOptions& options) {
  if (launch.address.empty() || launch.port == 0) {
    ThrowMissing(
        "ranks cannot find each other over TCP: set MASTER_ADDR to the address of rank 0 and MASTER_PORT to a free "
        "port of it (with mpirun: -x MASTER_ADDR=... -x MASTER_PORT=...)");
  }
  base::LogInfo(NameOfJob(launch) + " joins over TCP at " + launch.address + ":" + std::to_string(launch.port));
  return MakeTcpTransport(launch, Listen(launch.rank == 0 ? launch.port : 0), options);
}

std::unique_ptr<Transport> OverMpi(const Launch& launch, const base::Plugin& plugin, const WatchOptions& options) {
  if (launch.launcher != Launcher::kMpi) {
    ThrowMissing("train.communication.transport is mpi, but mpirun has not started this process; use tcp or auto");
  }
  if (!plugin.open()) ThrowMissing("MPI is not available, install Open MPI or use TCP: " + plugin.problem());
  base::LogInfo(NameOfJob(launch) + " joins over MPI");
  return OpenMpiTransport(plugin, options.timeout);
}

// MPI where mpirun has started the ranks and the plug-in opens, unless it is told where to meet over TCP only.
std::unique_ptr<Transport> ByLauncher(const Launch& launch, const WatchOptions& options) {
  if (launch.launcher != Launcher::kMpi) return OverTcp(launch, options);
  const base::Plugin plugin("mpi", base::PluginDirectories());
  if (!plugin.open() && !launch.address.empty()) return OverTcp(launch, options);
  return OverMpi(launch, plugin, options);
}

std::unique_ptr<Transport> MakeTransport(const Launch& launch, TransportKind kind, const WatchOptions& options) {
  switch (kind) {
    case TransportKind::kMpi:
      return OverMpi(launch, base::Plugin("mpi", base::PluginDirectories()), options);
    case TransportKind::kTcp:
      return OverTcp(launch, options);
    case TransportKind::kAuto:
      break;
  }
  return ByLauncher(launch, options);
}

}  // namespace

std::unique_ptr<Communicator> JoinJob(const Launch& launch, const CommunicationSettings& settings,
                                      tensor::Backend& backend,
                                      std::function<void(const std::string& reason)> abandon) {
  if (launch.size == 1) return MakeSoloCommunicator(backend);
  const std::chrono::milliseconds timeout(std::llround(settings.timeout_seconds * 1000));
  const WatchOptions options{timeout, std::move(abandon)};
  return MakeOverlappingCommunicator(MakeTransportCommunicator(MakeTransport(launch, settings.transport, options)));
}

}  // namespace shortlist::comm
