#include "conformance/communicators.h"

#include <chrono>
#include <thread>

#include "comm/launch.h"
#include "comm/overlapping_communicator.h"
#include "comm/socket.h"
#include "comm/tcp_transport.h"
#include "comm/transport.h"

namespace shortlist::conformance {
namespace {

using Body = std::function<void(comm::Communicator&)>;

void RunSolo(const Body& body) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  body(*comm::MakeSoloCommunicator(*backend));
}

void RunThreads(int ranks, const Body& body) {
  std::vector<std::thread> threads;
  for (auto& communicator : comm::MakeThreadCommunicators(ranks)) {
    threads.emplace_back([&body, mine = std::move(communicator)] { body(*mine); });
  }
  for (std::thread& thread : threads) thread.join();
}

// Ranks with connections of their own, as if they were processes.
void RunOverTcp(int ranks, const Body& body) {
  const comm::Socket first = comm::Listen(0);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      const comm::Launch launch{.rank = rank, .size = ranks, .address = "127.0.0.1", .port = comm::PortOf(first)};
      const comm::Socket own = rank == 0 ? comm::Socket() : comm::Listen(0);
      const comm::WatchOptions options{.timeout = std::chrono::seconds(60), .abandon = {}};
      body(*comm::MakeOverlappingCommunicator(
          comm::MakeTransportCommunicator(comm::MakeTcpTransport(launch, rank == 0 ? first : own, options))));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

WorldRow Tcp(int ranks) {
  return {"tcp_" + std::to_string(ranks), ranks, [ranks](const Body& body) { RunOverTcp(ranks, body); }};
}

WorldRow Threads(int ranks) {
  return {"threads_" + std::to_string(ranks), ranks, [ranks](const Body& body) { RunThreads(ranks, body); }};
}

}  // namespace

std::vector<WorldRow> Worlds() {
  return {{"solo", 1, RunSolo}, Threads(1), Threads(2), Threads(3), Threads(5), Tcp(1), Tcp(2), Tcp(3), Tcp(5)};
}

}  // namespace shortlist::conformance
