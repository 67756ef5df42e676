// The exchange of a training step over a Communicator, and its only caller on the training path.
//
// Read: ranks tell each other how many rows they ask of whom and which replicated rows they read (one gather of a few
// words per rank, and the step's one host synchronization); ids go to their owners and rows come back, each once
// (two all-to-alls). Gather and ScatterSum: the candidates' vectors and their gradients; the sum goes on beside the
// user tower's backward pass. BeginReduce and Reduce: sums over ranks of one flat buffer, which takes the dense
// gradients up as they become final, then the loss and the gradients of the replicated rows that any rank read; each
// part is summed beside the rest of the backward pass. One all-to-all brings the gradients of the other rows to their
// owners. Optimizer state of a sharded row is at its owner alone; replicated rows and dense arrays are updated by all
// ranks from the same bits. All of these but requests, ids and the loss travel in the format of a Wire.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "model/scratch.h"
#include "model/step_exchange.h"
#include "tensor/backend.h"
#include "train/row_placement.h"
#include "train/row_requests.h"
#include "train/wire.h"

namespace shortlist::train {

// Communicator and backend must outlive it. Sums over ranks are formed in the communicator's order, so that losses and
// parameters agree with those of one rank up to the rounding of sums.
class GradientExchange final : public model::StepExchange {
 public:
  GradientExchange(RowPlacement placement, std::int64_t dimension, WireFormat format, comm::Communicator& communicator,
                   tensor::Backend& backend);
  ~GradientExchange() override { Settle(); }
  GradientExchange(const GradientExchange&) = delete;
  GradientExchange& operator=(const GradientExchange&) = delete;

  int rank() const override { return communicator_->rank(); }
  int ranks() const override { return communicator_->size(); }
  const model::HeldRows& held() const override { return held_; }

  model::ParameterView Read(const model::Parameters& held, std::span<const model::TableRead> reads) override;
  tensor::ConstMatrix Gather(tensor::ConstMatrix own, std::int64_t total) override;
  std::int64_t GatheredRows(std::int64_t total) const override;
  void BeginScatterSum(tensor::Matrix gradient, std::int64_t total, std::int64_t own) override;
  tensor::ConstMatrix FinishScatterSum() override;
  void BeginReduce(const model::Gradients& gradients, std::span<const model::DenseRun> runs) override;
  void Reduce(float* loss, model::Gradients& gradients) override;
  void Settle() noexcept override;

  void AskToStop() override { ask_to_stop_ = true; }
  bool stop_asked() const override { return stop_asked_; }

 private:
  // Row counts of an all-to-all, by rank.
  using Counts = std::vector<std::int64_t>;

  // What ranks tell each other at the start of a step: whether to stop, counts of rows asked for, bits of rows read.
  void ExchangeRequests();
  void FetchReplicated(const model::Parameters& held);
  void FetchSharded(const model::Parameters& held);
  // Brings ids to their owners, counts[r] for each rank r.
  void SendIds(const std::int32_t* send, const Counts& send_counts, std::int32_t* receive,
               const Counts& receive_counts);
  // As many rows.
  void SendRows(const float* send, const Counts& send_counts, float* receive, const Counts& receive_counts);
  void ScatterGradients(const model::Gradients& gradients, tensor::Matrix rows);
  // Where the flat buffer has place for `floats` more.
  float* TakePlace(std::int64_t floats);
  // Takes the sums of dense gradients and loss out of the flat buffer.
  void ReturnSums(const float* loss_place, float* loss, const model::Gradients& gradients);
  // Bags of one row each, of weight one.
  tensor::BagsView OneRowEach(const std::int32_t* ids, std::int64_t rows);

  RowPlacement placement_;
  model::HeldRows held_;
  std::int64_t dimension_;
  comm::Communicator* communicator_;
  tensor::Backend* backend_;
  std::unique_ptr<Wire> wire_;
  bool ask_to_stop_ = false;
  bool stop_asked_ = false;

  RowRequests requests_;
  std::vector<std::int32_t> header_;
  std::vector<std::int32_t> headers_;  // of all ranks
  model::ScratchArray<std::int32_t> header_memory_;
  model::ScratchBytes headers_memory_;
  Counts asked_;     // rows asked of each rank
  Counts answered_;  // rows that each rank asks of this one
  std::int64_t asked_rows_ = 0;
  std::int64_t answered_rows_ = 0;

  std::vector<std::int32_t> asked_ids_host_;
  model::ScratchArray<std::int32_t> replicated_ids_memory_;
  const std::int32_t* replicated_ids_ = nullptr;
  model::ScratchArray<std::int32_t> asked_ids_memory_;
  model::ScratchBytes answered_ids_memory_;
  const std::int32_t* answered_ids_ = nullptr;
  model::ScratchMatrix rows_memory_;
  tensor::Matrix rows_;
  model::ScratchMatrix answer_memory_;

  model::ScratchMatrix padded_candidates_;
  model::ScratchMatrix gathered_;
  model::ScratchMatrix own_gradient_;
  tensor::ConstMatrix own_sum_;

  // The flat buffer of a step.
  struct PlacedRun {
    model::DenseRun run;
    const float* place;
  };
  model::ScratchMatrix reduced_memory_;
  tensor::Matrix reduced_;
  std::int64_t reduced_used_ = 0;
  std::vector<PlacedRun> placed_;
  model::ScratchMatrix answered_gradient_;
  std::vector<tensor::SparseGradient> uses_;

  std::int64_t unit_rows_ = 0;  // of the two arrays below
  model::ScratchArray<float> ones_memory_;
  model::ScratchArray<std::int64_t> offsets_memory_;
  const float* ones_ = nullptr;
  const std::int64_t* offsets_ = nullptr;
};

}  // namespace shortlist::train
