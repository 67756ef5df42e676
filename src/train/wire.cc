#include "train/wire.h"

#include <deque>
#include <numeric>
#include <vector>

#include "model/scratch.h"

namespace shortlist::train {
namespace {

using tensor::Write;
using Counts = std::span<const std::int64_t>;
using Bits = std::uint16_t;

std::vector<std::int64_t> InBytes(Counts counts, std::size_t bytes) {
  std::vector<std::int64_t> sizes(counts.begin(), counts.end());
  for (std::int64_t& size : sizes) size *= static_cast<std::int64_t>(bytes);
  return sizes;
}

std::int64_t Total(Counts counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

class Float32Wire final : public Wire {
 public:
  explicit Float32Wire(comm::Communicator& communicator) : communicator_(&communicator) {}

  void AllGather(const float* send, std::int64_t count, float* receive) override {
    communicator_->AllGather(send, count * static_cast<std::int64_t>(sizeof(float)), receive);
  }
  void AllToAll(const float* send, Counts send_counts, float* receive, Counts receive_counts) override {
    communicator_->AllToAll(send, InBytes(send_counts, sizeof(float)), receive, InBytes(receive_counts, sizeof(float)));
  }
  void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    communicator_->BeginReduceScatterSum(send, count, receive);
  }
  void BeginAllReduceSum(float* values, std::int64_t count) override {
    communicator_->BeginAllReduceSum(values, count);
  }
  void Finish() override { communicator_->Finish(); }

 private:
  comm::Communicator* communicator_;
};

// Memory that is reused from step to step.
class BitsMemory {
 public:
  explicit BitsMemory(tensor::Backend& backend) : bytes_(backend) {}
  Bits* Take(std::int64_t count) {
    return static_cast<Bits*>(bytes_.Reserve(static_cast<std::size_t>(count) * sizeof(Bits)));
  }

 private:
  model::ScratchBytes bytes_;
};

class Bfloat16Wire final : public Wire {
 public:
  Bfloat16Wire(comm::Communicator& communicator, tensor::Backend& backend)
      : communicator_(&communicator),
        backend_(&backend),
        ranks_(communicator.size()),
        out_memory_(backend),
        in_memory_(backend),
        part_memory_(backend) {}

  void AllGather(const float* send, std::int64_t count, float* receive) override {
    Gather(send, count, receive, ranks_ * count);
  }

  void AllToAll(const float* send, Counts send_counts, float* receive, Counts receive_counts) override {
    const std::int64_t received = Total(receive_counts);
    const Bits* const out = Rounded(send, Total(send_counts), out_memory_);
    Bits* const in = in_memory_.Take(received);
    communicator_->AllToAll(out, InBytes(send_counts, sizeof(Bits)), in, InBytes(receive_counts, sizeof(Bits)));
    backend_->WidenBfloat16(in, Write::kOverwrite, receive, received);
  }

  void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) override {
    Sum& sum = NextSum();
    Rounded(send, ranks_ * count, sum.out_memory);
    BeginBlocks(count, sum);
    sum.part = receive;
  }

  // Each rank sums a part of the values, of equal size on all, and gives its sum to all at Finish.
  void BeginAllReduceSum(float* values, std::int64_t count) override {
    Sum& sum = NextSum();
    const std::int64_t part = (count + ranks_ - 1) / ranks_;
    Bits* const out = sum.out_memory.Take(ranks_ * part);
    backend_->RoundToBfloat16(values, out, count);
    backend_->Zero(out + count, static_cast<std::size_t>(ranks_ * part - count) * sizeof(Bits));
    BeginBlocks(part, sum);
    sum.all = values;
    sum.all_count = count;
  }

  void Finish() override {
    communicator_->Finish();
    for (std::size_t s = 0; s < begun_; ++s) FinishSum(sums_[s]);
    begun_ = 0;
  }

 private:
  // A sum that has begun: blocks of `count` from every rank, into `part`, or into `all` on all ranks.
  struct Sum {
    explicit Sum(tensor::Backend& backend) : out_memory(backend), in_memory(backend) {}

    BitsMemory out_memory;
    BitsMemory in_memory;
    const Bits* in = nullptr;
    std::int64_t count = 0;
    float* part = nullptr;
    float* all = nullptr;
    std::int64_t all_count = 0;
  };

  const Bits* Rounded(const float* values, std::int64_t count, BitsMemory& memory) {
    Bits* const rounded = memory.Take(count);
    backend_->RoundToBfloat16(values, rounded, count);
    return rounded;
  }

  // The first `count` values of those of all ranks.
  void Gather(const float* send, std::int64_t per_rank, float* receive, std::int64_t count) {
    const Bits* const out = Rounded(send, per_rank, out_memory_);
    Bits* const in = in_memory_.Take(ranks_ * per_rank);
    communicator_->AllGather(out, per_rank * static_cast<std::int64_t>(sizeof(Bits)), in);
    backend_->WidenBfloat16(in, Write::kOverwrite, receive, count);
  }

  Sum& NextSum() {
    if (begun_ == sums_.size()) sums_.emplace_back(*backend_);
    Sum& sum = sums_[begun_++];
    sum.part = nullptr;
    sum.all = nullptr;
    return sum;
  }

  void BeginBlocks(std::int64_t count, Sum& sum) {
    Bits* const in = sum.in_memory.Take(ranks_ * count);
    const std::vector<std::int64_t> bytes(static_cast<std::size_t>(ranks_),
                                          count * static_cast<std::int64_t>(sizeof(Bits)));
    communicator_->BeginAllToAll(sum.out_memory.Take(ranks_ * count), bytes, in, bytes);
    sum.in = in;
    sum.count = count;
  }

  void FinishSum(const Sum& sum) {
    float* const part = sum.all == nullptr ? sum.part : part_memory_.Shape(1, sum.count).data;
    for (std::int64_t r = 0; r < ranks_; ++r) {
      backend_->WidenBfloat16(sum.in + r * sum.count, r == 0 ? Write::kOverwrite : Write::kAdd, part, sum.count);
    }
    if (sum.all != nullptr) Gather(part, sum.count, sum.all, sum.all_count);
  }

  comm::Communicator* communicator_;
  tensor::Backend* backend_;
  std::int64_t ranks_;
  BitsMemory out_memory_;
  BitsMemory in_memory_;
  model::ScratchMatrix part_memory_;
  std::deque<Sum> sums_;   // memory of as many as were under way at a time
  std::size_t begun_ = 0;  // of which are
};

}  // namespace

std::unique_ptr<Wire> MakeWire(WireFormat format, comm::Communicator& communicator, tensor::Backend& backend) {
  if (format == WireFormat::kFloat32) return std::make_unique<Float32Wire>(communicator);
  return std::make_unique<Bfloat16Wire>(communicator, backend);
}

}  // namespace shortlist::train
