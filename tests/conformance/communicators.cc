#include "conformance/communicators.h"

#include <thread>

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

WorldRow Threads(int ranks) {
  return {"threads_" + std::to_string(ranks), ranks, [ranks](const Body& body) { RunThreads(ranks, body); }};
}

}  // namespace

std::vector<WorldRow> Worlds() {
  return {{"solo", 1, RunSolo}, Threads(1), Threads(2), Threads(3), Threads(5)};
}

}  // namespace shortlist::conformance
