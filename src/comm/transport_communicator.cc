#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "comm/transport.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

constexpr std::int64_t kFloatBytes = sizeof(float);

// Sums are made piece by piece, which bounds the memory for what the others send.
constexpr std::int64_t kPieceFloats = std::int64_t{1} << 20;

// What every rank tells every other before an operation.
struct Announcement {
  std::int32_t operation = 0;
  std::int32_t root = 0;
  std::int64_t size = 0;
  std::int64_t block_for_you = 0;   // bytes that follow from the sender, of an AllToAll
  std::int64_t block_from_you = 0;  // bytes that the sender expects
};
static_assert(std::is_trivially_copyable_v<Announcement> && sizeof(Announcement) == 32);

Call CallOf(const Announcement& announcement) {
  return {static_cast<Operation>(announcement.operation), announcement.size, announcement.root};
}

std::int64_t BlockStart(std::span<const std::int64_t> bytes, int block) {
  return std::accumulate(bytes.begin(), bytes.begin() + block, std::int64_t{0});
}

class TransportCommunicator final : public Communicator {
 public:
  explicit TransportCommunicator(std::unique_ptr<Transport> transport)
      : transport_(std::move(transport)), rank_(transport_->rank()), size_(transport_->size()) {}

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  const Traffic& traffic() const override { return traffic_; }

  // Each rank sums a part of every piece and sends the sum to all.
  void AllReduceSum(float* values, std::int64_t count) override {
    Agree({Operation::kAllReduceSum, count});
    for (std::int64_t first = 0; first < count; first += kPieceFloats) {
      AllReducePiece(values + first, std::min(kPieceFloats, count - first));
    }
  }

  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    Agree({Operation::kAllGather, bytes});
    for (const int other : Others()) {
      Send(other, send, 0, bytes);
      Receive(other, receive, bytes * other, bytes);
    }
    Exchange();
    CopyBytes(send, 0, bytes, receive, bytes * rank_);
  }

  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Agree({Operation::kReduceScatterSum, count});
    for (std::int64_t first = 0; first < count; first += kPieceFloats) {
      const std::int64_t piece = std::min(kPieceFloats, count - first);
      for (const int other : Others()) Send(other, send, (count * other + first) * kFloatBytes, piece * kFloatBytes);
      SumInRankOrder(send + count * rank_ + first, piece, receive + first);
    }
  }

  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    RequireBlockPerRank(send_bytes, receive_bytes, size_);
    Agree({Operation::kAllToAll}, send_bytes, receive_bytes);
    for (const int other : Others()) {
      Send(other, send, BlockStart(send_bytes, other), send_bytes[static_cast<std::size_t>(other)]);
      Receive(other, receive, BlockStart(receive_bytes, other), receive_bytes[static_cast<std::size_t>(other)]);
    }
    Exchange();
    CopyBytes(send, BlockStart(send_bytes, rank_), send_bytes[static_cast<std::size_t>(rank_)], receive,
              BlockStart(receive_bytes, rank_));
  }

  void Broadcast(void* data, std::int64_t bytes, int root) override {
    RequireRoot(root, size_);
    Agree({Operation::kBroadcast, bytes, root});
    if (rank_ == root) {
      for (const int other : Others()) Send(other, data, 0, bytes);
    } else {
      Receive(root, data, 0, bytes);
    }
    Exchange();
  }

  // To have heard from every rank is to know that it has come.
  void Barrier() override { Agree({Operation::kBarrier}); }

 private:
  static void CopyBytes(const void* source, std::int64_t source_offset, std::int64_t bytes, void* target,
                        std::int64_t target_offset) {
    if (bytes == 0) return;
    std::memcpy(static_cast<char*>(target) + target_offset, static_cast<const char*>(source) + source_offset,
                static_cast<std::size_t>(bytes));
  }

  // All ranks but this one, the next first, so that ranks do not all turn to the same one at once.
  std::vector<int> Others() const {
    std::vector<int> others;
    for (int step = 1; step < size_; ++step) others.push_back((rank_ + step) % size_);
    return others;
  }

  void Agree(const Call& call) {
    const std::vector<std::int64_t> none(static_cast<std::size_t>(size_));
    Agree(call, none, none);
  }

  // Returns when every rank has made this call, too. The blocks of an AllToAll are those of its interface.
  void Agree(const Call& call, std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes) {
    purpose_ = call.operation;
    std::vector<Announcement> mine;
    for (std::size_t r = 0; r < send_bytes.size(); ++r) {
      mine.push_back(
          {static_cast<std::int32_t>(call.operation), call.root, call.size, send_bytes[r], receive_bytes[r]});
    }
    std::vector<Announcement> theirs = mine;
    for (const int other : Others()) {
      outgoing_.push_back({other, &mine[static_cast<std::size_t>(other)], sizeof(Announcement)});
      incoming_.push_back({other, &theirs[static_cast<std::size_t>(other)], sizeof(Announcement)});
    }
    Move();
    RequireAgreement(mine, theirs);
    traffic_.Add(call.operation, {.calls = 1});
  }

  void RequireAgreement(const std::vector<Announcement>& mine, const std::vector<Announcement>& theirs) const {
    std::vector<Call> calls;
    for (const Announcement& announcement : theirs) calls.push_back(CallOf(announcement));
    std::string problem = Disagreement(calls);
    for (int other = 0; other < size_ && problem.empty(); ++other) {
      const auto r = static_cast<std::size_t>(other);
      problem = DisagreementOnBlock(rank_, mine[r].block_for_you, other, theirs[r].block_from_you);
      if (problem.empty()) problem = DisagreementOnBlock(other, theirs[r].block_for_you, rank_, mine[r].block_from_you);
    }
    if (!problem.empty()) throw Error(Code::kInvalidArgument, problem);
  }

  void Send(int to, const void* data, std::int64_t offset, std::int64_t bytes) {
    if (bytes > 0) outgoing_.push_back({to, static_cast<const char*>(data) + offset, bytes});
  }

  void Receive(int from, void* data, std::int64_t offset, std::int64_t bytes) {
    if (bytes > 0) incoming_.push_back({from, static_cast<char*>(data) + offset, bytes});
  }

  // Moves and counts what Send and Receive have collected.
  void Exchange() {
    Volume volume;
    for (const Outgoing& message : outgoing_) volume.bytes_sent += message.bytes;
    for (const Incoming& message : incoming_) volume.bytes_received += message.bytes;
    Move();
    traffic_.Add(purpose_, volume);
  }

  void Move() {
    transport_->Exchange(NameOf(purpose_), outgoing_, incoming_);
    outgoing_.clear();
    incoming_.clear();
  }

  void AllReducePiece(float* values, std::int64_t count) {
    const Part mine = PartOf(count, rank_, size_);
    for (const int other : Others()) {
      const Part part = PartOf(count, other, size_);
      Send(other, values, part.first * kFloatBytes, part.size() * kFloatBytes);
    }
    SumInRankOrder(values + mine.first, mine.size(), values + mine.first);
    for (const int other : Others()) {
      const Part part = PartOf(count, other, size_);
      Send(other, values, mine.first * kFloatBytes, mine.size() * kFloatBytes);
      Receive(other, values, part.first * kFloatBytes, part.size() * kFloatBytes);
    }
    Exchange();
  }

  // Exchanges what has been collected for sending, receives `count` values from every other rank, and adds them and
  // `own` up. `sum` may be `own`.
  void SumInRankOrder(const float* own, std::int64_t count, float* sum) {
    received_.resize(static_cast<std::size_t>(count * size_));
    for (const int other : Others()) {
      Receive(other, received_.data(), other * count * kFloatBytes, count * kFloatBytes);
    }
    Exchange();
    CopyBytes(own, 0, count * kFloatBytes, received_.data(), rank_ * count * kFloatBytes);
    std::fill_n(sum, count, 0.0F);
    for (int r = 0; r < size_; ++r) {
      const float* const addend = received_.data() + r * count;
      for (std::int64_t i = 0; i < count; ++i) sum[i] += addend[i];
    }
  }

  std::unique_ptr<Transport> transport_;
  int rank_;
  int size_;
  Operation purpose_ = Operation::kBarrier;  // of what is under way
  std::vector<Outgoing> outgoing_;
  std::vector<Incoming> incoming_;
  std::vector<float> received_;
  Traffic traffic_;
};

}  // namespace

std::unique_ptr<Communicator> MakeTransportCommunicator(std::unique_ptr<Transport> transport) {
  return std::make_unique<TransportCommunicator>(std::move(transport));
}

}  // namespace shortlist::comm
