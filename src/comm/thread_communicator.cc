#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <string>

#include "comm/communicator.h"
#include "comm/rendezvous.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// What one rank brings to an operation, for the others to read until it is over.
struct Call {
  const char* operation = "";
  const void* send = nullptr;
  void* receive = nullptr;
  std::int64_t size = 0;  // the same on every rank
  int root = 0;           // the same on every rank
  std::span<const std::int64_t> send_bytes = {};
  std::span<const std::int64_t> receive_bytes = {};
};

using Calls = std::vector<Call>;

std::string Describe(const Call& call) {
  return std::string(call.operation) + " of " + std::to_string(call.size) + " with root " + std::to_string(call.root);
}

// What is wrong with the calls taken together; empty if nothing is.
std::string Disagreement(const Calls& calls) {
  for (const Call& call : calls) {
    if (Describe(call) != Describe(calls[0])) {
      return "ranks disagree: " + Describe(calls[0]) + " on rank 0, " + Describe(call) + " on another";
    }
  }
  return {};
}

std::string DisagreementOnBlocks(const Calls& calls) {
  for (const Call& call : calls) {
    if (call.send_bytes.size() != calls.size() || call.receive_bytes.size() != calls.size()) {
      return "AllToAll: " + std::to_string(calls.size()) + " ranks need as many blocks to send and to receive";
    }
  }
  for (std::size_t from = 0; from < calls.size(); ++from) {
    for (std::size_t to = 0; to < calls.size(); ++to) {
      if (calls[from].send_bytes[to] == calls[to].receive_bytes[from]) continue;
      return "AllToAll: rank " + std::to_string(from) + " sends " + std::to_string(calls[from].send_bytes[to]) +
             " bytes to rank " + std::to_string(to) + ", which expects " +
             std::to_string(calls[to].receive_bytes[from]);
    }
  }
  return {};
}

std::int64_t BlockStart(std::span<const std::int64_t> bytes, std::size_t block) {
  return std::accumulate(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(block), std::int64_t{0});
}

void CopyBytes(const void* source, std::int64_t source_offset, std::int64_t bytes, void* target,
               std::int64_t target_offset) {
  if (bytes == 0) return;
  std::memcpy(static_cast<char*>(target) + target_offset, static_cast<const char*>(source) + source_offset,
              static_cast<std::size_t>(bytes));
}

struct World {
  explicit World(int ranks) : rendezvous(ranks), calls(static_cast<std::size_t>(ranks)) {}

  Rendezvous rendezvous;
  Calls calls;  // by rank
};

class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<World> world, int rank) : world_(std::move(world)), rank_(rank) {}
  ~ThreadCommunicator() override { world_->rendezvous.Leave(); }
  ThreadCommunicator(const ThreadCommunicator&) = delete;
  ThreadCommunicator& operator=(const ThreadCommunicator&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(world_->calls.size()); }

  // Each rank sums its part of the values, in rank order, into the values of all.
  void AllReduceSum(float* values, std::int64_t count) override {
    Meet({.operation = "AllReduceSum", .receive = values, .size = count}, Disagreement, [&](const Calls& calls) {
      for (std::int64_t i = count * rank_ / size(); i < count * (rank_ + 1) / size(); ++i) {
        float sum = 0;
        for (const Call& call : calls) sum += static_cast<const float*>(call.receive)[i];
        for (const Call& call : calls) static_cast<float*>(call.receive)[i] = sum;
      }
    });
  }

  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    Meet({.operation = "AllGather", .send = send, .size = bytes}, Disagreement, [&](const Calls& calls) {
      for (std::size_t r = 0; r < calls.size(); ++r) {
        CopyBytes(calls[r].send, 0, bytes, receive, bytes * static_cast<std::int64_t>(r));
      }
    });
  }

  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Meet({.operation = "ReduceScatterSum", .send = send, .size = count}, Disagreement, [&](const Calls& calls) {
      std::fill_n(receive, count, 0.0F);
      for (const Call& call : calls) {
        const float* block = static_cast<const float*>(call.send) + count * rank_;
        for (std::int64_t i = 0; i < count; ++i) receive[i] += block[i];
      }
    });
  }

  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    const Call mine{.operation = "AllToAll", .send = send, .send_bytes = send_bytes, .receive_bytes = receive_bytes};
    const auto check = [](const Calls& calls) {
      const std::string problem = Disagreement(calls);
      return problem.empty() ? DisagreementOnBlocks(calls) : problem;
    };
    Meet(mine, check, [&](const Calls& calls) {
      const auto to = static_cast<std::size_t>(rank_);
      for (std::size_t from = 0; from < calls.size(); ++from) {
        CopyBytes(calls[from].send, BlockStart(calls[from].send_bytes, to), receive_bytes[from], receive,
                  BlockStart(receive_bytes, from));
      }
    });
  }

  void Broadcast(void* data, std::int64_t bytes, int root) override {
    if (root < 0 || root >= size()) {
      throw Error(Code::kInvalidArgument,
                  "Broadcast: root is " + std::to_string(root) + " of " + std::to_string(size()) + " ranks");
    }
    Meet({.operation = "Broadcast", .receive = data, .size = bytes, .root = root}, Disagreement,
         [&](const Calls& calls) {
           if (rank_ != root) CopyBytes(calls[static_cast<std::size_t>(root)].receive, 0, bytes, data, 0);
         });
  }

  void Barrier() override {
    Meet({.operation = "Barrier"}, Disagreement, [](const Calls&) {});
  }

 private:
  // Runs `body` on every rank once all have called; returns when all are done. All ranks find the same disagreement,
  // and none leaves before the others have read its call.
  void Meet(const Call& call, const std::function<std::string(const Calls&)>& disagreement,
            const std::function<void(const Calls&)>& body) {
    world_->calls[static_cast<std::size_t>(rank_)] = call;
    world_->rendezvous.Arrive(call.operation);
    const std::string problem = disagreement(world_->calls);
    if (problem.empty()) body(world_->calls);
    world_->rendezvous.Arrive(call.operation);
    if (!problem.empty()) throw Error(Code::kInvalidArgument, problem);
  }

  std::shared_ptr<World> world_;
  int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> MakeThreadCommunicators(int ranks) {
  if (ranks < 1) {
    throw Error(Code::kInvalidArgument,
                "MakeThreadCommunicators: " + std::to_string(ranks) + " ranks, need at least 1");
  }
  const auto world = std::make_shared<World>(ranks);
  std::vector<std::unique_ptr<Communicator>> communicators;
  communicators.reserve(world->calls.size());
  for (int rank = 0; rank < ranks; ++rank) communicators.push_back(std::make_unique<ThreadCommunicator>(world, rank));
  return communicators;
}

}  // namespace shortlist::comm
