#include "comm/overlapping_communicator.h"

#include <utility>
#include <vector>

#include "comm/operation_thread.h"

namespace shortlist::comm {
namespace {

class OverlappingCommunicator final : public Communicator {
 public:
  explicit OverlappingCommunicator(std::unique_ptr<Communicator> blocking) : blocking_(std::move(blocking)) {}

  int rank() const override { return blocking_->rank(); }
  int size() const override { return blocking_->size(); }
  const Traffic& traffic() const override {
    thread_.Settle();
    return blocking_->traffic();
  }

  void AllReduceSum(float* values, std::int64_t count) override { Settled().AllReduceSum(values, count); }
  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    Settled().AllGather(send, bytes, receive);
  }
  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Settled().ReduceScatterSum(send, count, receive);
  }
  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    Settled().AllToAll(send, send_bytes, receive, receive_bytes);
  }
  void Broadcast(void* data, std::int64_t bytes, int root) override { Settled().Broadcast(data, bytes, root); }
  void Barrier() override { Settled().Barrier(); }

  void BeginAllReduceSum(float* values, std::int64_t count) override {
    thread_.Post([=, this] { blocking_->AllReduceSum(values, count); });
  }
  void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    thread_.Post([=, this] { blocking_->ReduceScatterSum(send, count, receive); });
  }
  void BeginAllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                     std::span<const std::int64_t> receive_bytes) override {
    thread_.Post([=, this, out = std::vector<std::int64_t>(send_bytes.begin(), send_bytes.end()),
                  in = std::vector<std::int64_t>(receive_bytes.begin(), receive_bytes.end())] {
      blocking_->AllToAll(send, out, receive, in);
    });
  }
  void Finish() override { thread_.Settle(); }

 private:
  Communicator& Settled() {
    thread_.Settle();
    return *blocking_;
  }

  std::unique_ptr<Communicator> blocking_;
  mutable OperationThread thread_;  // ends before what it uses
};

}  // namespace

std::unique_ptr<Communicator> MakeOverlappingCommunicator(std::unique_ptr<Communicator> blocking) {
  return std::make_unique<OverlappingCommunicator>(std::move(blocking));
}

}  // namespace shortlist::comm
