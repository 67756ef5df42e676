// What a training step asks of the other ranks of its job.
//
// A step runs the same calls on every rank: Read, Gather, BeginScatterSum, FinishScatterSum, BeginReduce for all runs
// of the dense gradients, Reduce. Each rank takes its share of the batch's rows and candidates (model/train_batch.h);
// together they compute what one rank computes for the whole batch. What begins goes on beside the computations that
// follow.
#pragma once

#include <cstdint>
#include <span>

#include "base/bags.h"
#include "model/held_rows.h"
#include "model/parameter_view.h"
#include "model/parameters.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Ids that a step reads from one of the model's tables.
struct TableRead {
  std::size_t table = 0;
  base::Bags* bags = nullptr;
};

// One thread at a time.
class StepExchange {
 public:
  virtual ~StepExchange() = default;

  // Which part of all checkpoint files this rank writes.
  virtual int rank() const = 0;
  virtual int ranks() const = 0;

  // The rows that this rank keeps and updates.
  virtual const HeldRows& held() const = 0;

  // Makes readable what the step reads, and replaces the ids of the bags by rows of the view's tables, which live until
  // the next Read.
  virtual ParameterView Read(const Parameters& held, std::span<const TableRead> reads) = 0;

  // The vectors of all `total` candidates, given those of this rank's share; they live until the next Gather.
  virtual tensor::ConstMatrix Gather(tensor::ConstMatrix own, std::int64_t total) = 0;
  // How many rows the memory of the gradient of `total` gathered candidates has: no less.
  virtual std::int64_t GatheredRows(std::int64_t total) const = 0;
  // Begins the sum over ranks of `gradient` [GatheredRows(total), D], of which the first `total` rows are set, for this
  // rank's `own` candidates.
  virtual void BeginScatterSum(tensor::Matrix gradient, std::int64_t total, std::int64_t own) = 0;
  // That sum, which lives as long as `gradient` and until the next BeginScatterSum.
  virtual tensor::ConstMatrix FinishScatterSum() = 0;

  // Begins the sum over ranks of these runs of the dense gradients, which are final.
  virtual void BeginReduce(const Gradients& gradients, std::span<const DenseRun> runs) = 0;
  // Sums the loss and the tables' gradients over ranks and finishes all sums that have begun. The uses of the model's
  // tables, with ids as Read left them, become uses of the held tables.
  virtual void Reduce(float* loss, Gradients& gradients) = 0;

  // Waits until no sum that has begun touches memory any more, whatever became of it. Whoever gave it memory asks for
  // this before freeing it, because a step that fails leaves its sums behind.
  virtual void Settle() noexcept = 0;

  // Whether a rank has asked to stop; ranks learn it at the same Read.
  virtual void AskToStop() = 0;
  virtual bool stop_asked() const = 0;
};

}  // namespace shortlist::model
