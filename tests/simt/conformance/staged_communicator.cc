#include "simt/conformance/staged_communicator.h"

#include <deque>
#include <numeric>

namespace shortlist::conformance {
namespace {

std::int64_t Sum(std::span<const std::int64_t> values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

class StagedCommunicator final : public comm::Communicator {
 public:
  StagedCommunicator(comm::Communicator& device, tensor::Backend& backend) : device_(device), backend_(backend) {}

  int rank() const override { return device_.rank(); }
  int size() const override { return device_.size(); }
  const comm::Traffic& traffic() const override { return device_.traffic(); }

  void AllReduceSum(float* values, std::int64_t count) override {
    const tensor::Buffer buffer = Uploaded(values, count * 4);
    device_.AllReduceSum(buffer.As<float>(), count);
    Download(buffer, values, count * 4);
  }
  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    const tensor::Buffer from = Uploaded(send, bytes);
    const tensor::Buffer to = Allocate(bytes * size());
    device_.AllGather(from.As<void>(), bytes, to.As<void>());
    Download(to, receive, bytes * size());
  }
  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    const tensor::Buffer from = Uploaded(send, count * 4 * size());
    const tensor::Buffer to = Allocate(count * 4);
    device_.ReduceScatterSum(from.As<const float>(), count, to.As<float>());
    Download(to, receive, count * 4);
  }
  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    const tensor::Buffer from = Uploaded(send, Sum(send_bytes));
    const tensor::Buffer to = Allocate(Sum(receive_bytes));
    device_.AllToAll(from.As<void>(), send_bytes, to.As<void>(), receive_bytes);
    Download(to, receive, Sum(receive_bytes));
  }
  void Broadcast(void* data, std::int64_t bytes, int root) override {
    const tensor::Buffer buffer = Uploaded(data, bytes);
    device_.Broadcast(buffer.As<void>(), bytes, root);
    Download(buffer, data, bytes);
  }
  void Barrier() override { device_.Barrier(); }

  void BeginAllReduceSum(float* values, std::int64_t count) override {
    begun_.push_back({Uploaded(values, count * 4), values, count * 4});
    device_.BeginAllReduceSum(begun_.back().buffer.As<float>(), count);
  }
  void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    sent_.push_back(Uploaded(send, count * 4 * size()));
    begun_.push_back({Allocate(count * 4), receive, count * 4});
    device_.BeginReduceScatterSum(sent_.back().As<const float>(), count, begun_.back().buffer.As<float>());
  }
  void BeginAllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                     std::span<const std::int64_t> receive_bytes) override {
    sent_.push_back(Uploaded(send, Sum(send_bytes)));
    begun_.push_back({Allocate(Sum(receive_bytes)), receive, Sum(receive_bytes)});
    device_.BeginAllToAll(sent_.back().As<void>(), send_bytes, begun_.back().buffer.As<void>(), receive_bytes);
  }
  void Finish() override {
    device_.Finish();
    for (const Begun& begun : begun_) Download(begun.buffer, begun.result, begun.bytes);
    begun_.clear();
    sent_.clear();
  }

 private:
  // The result of an operation that has begun, and where it goes.
  struct Begun {
    tensor::Buffer buffer;
    void* result;
    std::int64_t bytes;
  };

  tensor::Buffer Allocate(std::int64_t bytes) { return backend_.Allocate(static_cast<std::size_t>(bytes)); }
  tensor::Buffer Uploaded(const void* data, std::int64_t bytes) {
    tensor::Buffer buffer = Allocate(bytes);
    backend_.Upload(data, buffer.As<void>(), static_cast<std::size_t>(bytes));
    return buffer;
  }
  void Download(const tensor::Buffer& buffer, void* data, std::int64_t bytes) {
    backend_.Download(buffer.As<void>(), data, static_cast<std::size_t>(bytes));
  }

  comm::Communicator& device_;
  tensor::Backend& backend_;
  std::deque<Begun> begun_;
  std::deque<tensor::Buffer> sent_;
};

}  // namespace

std::unique_ptr<comm::Communicator> MakeStagedCommunicator(comm::Communicator& device, tensor::Backend& backend) {
  return std::make_unique<StagedCommunicator>(device, backend);
}

}  // namespace shortlist::conformance
