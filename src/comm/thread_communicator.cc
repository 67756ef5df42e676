#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <string>

#include "comm/communicator.h"
#include "comm/overlapping_communicator.h"
#include "comm/rendezvous.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

// What one rank brings to an operation, for the others to read until it is over.
struct Offer {
  Call call;
  const void* send = nullptr;
  void* receive = nullptr;
  std::span<const std::int64_t> send_bytes = {};
  std::span<const std::int64_t> receive_bytes = {};
};

using Offers = std::vector<Offer>;

// Empty if there is none.
std::string DisagreementOn(const Offers& offers) {
  std::vector<Call> calls;
  for (const Offer& offer : offers) calls.push_back(offer.call);
  return Disagreement(calls);
}

std::string DisagreementOnBlocks(const Offers& offers) {
  std::string problem = DisagreementOn(offers);
  for (std::size_t from = 0; from < offers.size(); ++from) {
    for (std::size_t to = 0; problem.empty() && to < offers.size(); ++to) {
      problem = DisagreementOnBlock(static_cast<int>(from), offers[from].send_bytes[to], static_cast<int>(to),
                                    offers[to].receive_bytes[from]);
    }
  }
  return problem;
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
  explicit World(int ranks) : rendezvous(ranks), offers(static_cast<std::size_t>(ranks)) {}

  Rendezvous rendezvous;
  Offers offers;  // by rank
};

class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<World> world, int rank) : world_(std::move(world)), rank_(rank) {}
  ~ThreadCommunicator() override { world_->rendezvous.Leave(); }
  ThreadCommunicator(const ThreadCommunicator&) = delete;
  ThreadCommunicator& operator=(const ThreadCommunicator&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(world_->offers.size()); }
  const Traffic& traffic() const override { return traffic_; }

  // Each rank sums its part of the values, in rank order, into the values of all.
  void AllReduceSum(float* values, std::int64_t count) override {
    const Offer mine{.call = {Operation::kAllReduceSum, count}, .receive = values};
    Meet(mine, VolumeOfAllReduce(count, rank_, size()), DisagreementOn, [&](const Offers& offers) {
      const Part part = PartOf(count, rank_, size());
      for (std::int64_t i = part.first; i < part.last; ++i) {
        float sum = 0;
        for (const Offer& offer : offers) sum += static_cast<const float*>(offer.receive)[i];
        for (const Offer& offer : offers) static_cast<float*>(offer.receive)[i] = sum;
      }
    });
  }

  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    const Offer mine{.call = {Operation::kAllGather, bytes}, .send = send};
    Meet(mine, VolumeOfAllGather(bytes, size()), DisagreementOn, [&](const Offers& offers) {
      for (std::size_t r = 0; r < offers.size(); ++r) {
        CopyBytes(offers[r].send, 0, bytes, receive, bytes * static_cast<std::int64_t>(r));
      }
    });
  }

  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    const Offer mine{.call = {Operation::kReduceScatterSum, count}, .send = send};
    Meet(mine, VolumeOfReduceScatter(count, size()), DisagreementOn, [&](const Offers& offers) {
      std::fill_n(receive, count, 0.0F);
      for (const Offer& offer : offers) {
        const float* block = static_cast<const float*>(offer.send) + count * rank_;
        for (std::int64_t i = 0; i < count; ++i) receive[i] += block[i];
      }
    });
  }

  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    RequireBlockPerRank(send_bytes, receive_bytes, size());
    const Offer mine{{Operation::kAllToAll}, send, receive, send_bytes, receive_bytes};
    Meet(mine, VolumeOfAllToAll(send_bytes, receive_bytes, rank_), DisagreementOnBlocks, [&](const Offers& offers) {
      const auto to = static_cast<std::size_t>(rank_);
      for (std::size_t from = 0; from < offers.size(); ++from) {
        CopyBytes(offers[from].send, BlockStart(offers[from].send_bytes, to), receive_bytes[from], receive,
                  BlockStart(receive_bytes, from));
      }
    });
  }

  void Broadcast(void* data, std::int64_t bytes, int root) override {
    RequireRoot(root, size());
    const Offer mine{.call = {Operation::kBroadcast, bytes, root}, .receive = data};
    Meet(mine, VolumeOfBroadcast(bytes, root, rank_, size()), DisagreementOn, [&](const Offers& offers) {
      if (rank_ != root) CopyBytes(offers[static_cast<std::size_t>(root)].receive, 0, bytes, data, 0);
    });
  }

  void Barrier() override {
    Meet({.call = {Operation::kBarrier}}, {.calls = 1}, DisagreementOn, [](const Offers&) {});
  }

 private:
  // Runs `body` on every rank once all have called; returns when all are done. All ranks find the same disagreement,
  // and none leaves before the others have read its offer.
  void Meet(const Offer& offer, const Volume& volume, const std::function<std::string(const Offers&)>& disagreement,
            const std::function<void(const Offers&)>& body) {
    const char* const name = NameOf(offer.call.operation);
    world_->offers[static_cast<std::size_t>(rank_)] = offer;
    world_->rendezvous.Arrive(name);
    const std::string problem = disagreement(world_->offers);
    if (problem.empty()) body(world_->offers);
    world_->rendezvous.Arrive(name);
    if (!problem.empty()) throw Error(Code::kInvalidArgument, problem);
    traffic_.Add(offer.call.operation, volume);
  }

  std::shared_ptr<World> world_;
  int rank_;
  Traffic traffic_;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> MakeThreadCommunicators(int ranks) {
  if (ranks < 1) {
    throw Error(Code::kInvalidArgument,
                "MakeThreadCommunicators: " + std::to_string(ranks) + " ranks, need at least 1");
  }
  const auto world = std::make_shared<World>(ranks);
  std::vector<std::unique_ptr<Communicator>> communicators;
  communicators.reserve(world->offers.size());
  for (int rank = 0; rank < ranks; ++rank) {
    communicators.push_back(MakeOverlappingCommunicator(std::make_unique<ThreadCommunicator>(world, rank)));
  }
  return communicators;
}

}  // namespace shortlist::comm
