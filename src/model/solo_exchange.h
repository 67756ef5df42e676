#pragma once

#include "model/step_exchange.h"

namespace shortlist::model {

// The exchange of a rank that has no others: it holds everything and sends nothing.
class SoloExchange final : public StepExchange {
 public:
  explicit SoloExchange(const ParameterLayout& layout) : held_(HoldEverything(layout)) {}

  int rank() const override { return 0; }
  int ranks() const override { return 1; }
  const HeldRows& held() const override { return held_; }
  ParameterView Read(const Parameters& held, std::span<const TableRead> /*reads*/) override { return {held}; }
  tensor::ConstMatrix Gather(tensor::ConstMatrix own, std::int64_t /*total*/) override { return own; }
  std::int64_t GatheredRows(std::int64_t total) const override { return total; }
  void BeginScatterSum(tensor::Matrix gradient, std::int64_t /*total*/, std::int64_t /*own*/) override {
    gradient_ = gradient;
  }
  tensor::ConstMatrix FinishScatterSum() override { return gradient_; }
  void BeginReduce(const Gradients& /*gradients*/, std::span<const DenseRun> /*runs*/) override {}
  void Reduce(float* /*loss*/, Gradients& /*gradients*/) override {}
  void Settle() noexcept override {}
  void AskToStop() override { stop_asked_ = true; }
  bool stop_asked() const override { return stop_asked_; }

 private:
  HeldRows held_;
  tensor::Matrix gradient_;
  bool stop_asked_ = false;
};

}  // namespace shortlist::model
