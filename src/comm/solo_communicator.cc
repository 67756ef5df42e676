#include <string>

#include "comm/communicator.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

class SoloCommunicator final : public Communicator {
 public:
  explicit SoloCommunicator(tensor::Backend& backend) : backend_(backend) {}

  int rank() const override { return 0; }
  int size() const override { return 1; }

  void AllReduceSum(float* /*values*/, std::int64_t /*count*/) override {}
  void AllGather(const void* send, std::int64_t bytes, void* receive) override { Copy(send, bytes, receive); }
  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Copy(send, count * static_cast<std::int64_t>(sizeof(float)), receive);
  }
  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    if (send_bytes.size() != 1 || receive_bytes.size() != 1 || send_bytes[0] != receive_bytes[0]) {
      throw Error(Code::kInvalidArgument, "AllToAll: a single rank exchanges one block of one size with itself");
    }
    Copy(send, send_bytes[0], receive);
  }
  void Broadcast(void* /*data*/, std::int64_t /*bytes*/, int root) override {
    if (root != 0) {
      throw Error(Code::kInvalidArgument, "Broadcast: root is " + std::to_string(root) + " of 1 rank");
    }
  }
  void Barrier() override {}

 private:
  void Copy(const void* source, std::int64_t bytes, void* target) {
    backend_.Copy(source, target, static_cast<std::size_t>(bytes));
  }

  tensor::Backend& backend_;
};

}  // namespace

std::unique_ptr<Communicator> MakeSoloCommunicator(tensor::Backend& backend) {
  return std::make_unique<SoloCommunicator>(backend);
}

}  // namespace shortlist::comm
