// What became of each rank of a world of threads.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "shortlist/error.h"

namespace shortlist::comm {

struct Outcome {
  Code code = {};
  std::string message;  // empty without an error
};

// Runs `body` for every rank in a thread of its own.
inline std::vector<Outcome> OutcomesOf(int ranks, const std::function<void(int rank)>& body) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(ranks));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        body(rank);
      } catch (const Error& error) {
        outcomes[static_cast<std::size_t>(rank)] = {error.code(), error.what()};
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

}  // namespace shortlist::comm
