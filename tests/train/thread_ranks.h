// Ranks of a job as threads of the test.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "comm/communicator.h"
#include "tensor/backend.h"

namespace shortlist::train {

// Runs `body` on every rank with a CPU backend of one thread; rethrows what the first rank to fail threw.
inline void OnThreadRanks(int ranks, const std::function<void(comm::Communicator&, tensor::Backend&)>& body) {
  std::vector<std::unique_ptr<comm::Communicator>> communicators = comm::MakeThreadCommunicators(ranks);
  std::vector<std::exception_ptr> failures(communicators.size());
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < communicators.size(); ++r) {
    threads.emplace_back([&, r] {
      try {
        const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
        body(*communicators[r], *backend);
      } catch (...) {
        failures[r] = std::current_exception();
        communicators[r].reset();  // so that the others stop waiting for it
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace shortlist::train
