#include "comm/communicator.h"
#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

class SoloCommunicator final : public Communicator {
 public:
  explicit SoloCommunicator(tensor::Backend& backend) : backend_(backend) {}

  int rank() const override { return 0; }
  int size() const override { return 1; }

  void AllReduceSum(float* /*values*/, std::int64_t count) override {
    traffic_.Add(Operation::kAllReduceSum, VolumeOfAllReduce(count, 0, 1));
  }
  void AllGather(const void* send, std::int64_t bytes, void* receive) override {
    Copy(send, bytes, receive);
    traffic_.Add(Operation::kAllGather, VolumeOfAllGather(bytes, 1));
  }
  void ReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Copy(send, count * static_cast<std::int64_t>(sizeof(float)), receive);
    traffic_.Add(Operation::kReduceScatterSum, VolumeOfReduceScatter(count, 1));
  }
  void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                std::span<const std::int64_t> receive_bytes) override {
    RequireBlockPerRank(send_bytes, receive_bytes, 1);
    const std::string problem = DisagreementOnBlock(0, send_bytes[0], 0, receive_bytes[0]);
    if (!problem.empty()) throw Error(Code::kInvalidArgument, problem);
    Copy(send, send_bytes[0], receive);
    traffic_.Add(Operation::kAllToAll, VolumeOfAllToAll(send_bytes, receive_bytes, 0));
  }
  void Broadcast(void* /*data*/, std::int64_t bytes, int root) override {
    RequireRoot(root, 1);
    traffic_.Add(Operation::kBroadcast, VolumeOfBroadcast(bytes, root, 0, 1));
  }
  void Barrier() override { traffic_.Add(Operation::kBarrier, {.calls = 1}); }
  const Traffic& traffic() const override { return traffic_; }

 private:
  void Copy(const void* source, std::int64_t bytes, void* target) {
    backend_.Copy(source, target, static_cast<std::size_t>(bytes));
  }

  tensor::Backend& backend_;
  Traffic traffic_;
};

}  // namespace

std::unique_ptr<Communicator> MakeSoloCommunicator(tensor::Backend& backend) {
  return std::make_unique<SoloCommunicator>(backend);
}

}  // namespace shortlist::comm
