#include "train/gradient_exchange.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <utility>

#include "train/batch_share.h"

namespace shortlist::train {
namespace {

using tensor::ConstMatrix;
using tensor::Matrix;

constexpr std::size_t kStopWord = 0;
constexpr std::size_t kFirstCount = 1;
constexpr std::int64_t kLossValues = 16;  // the loss, and zeros up to the next aligned place

std::int64_t Sum(const std::vector<std::int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::size_t Bytes(std::int64_t floats) {
  return static_cast<std::size_t>(floats) * sizeof(float);
}

std::vector<std::int64_t> Times(std::vector<std::int64_t> counts, std::int64_t factor) {
  for (std::int64_t& count : counts) count *= factor;
  return counts;
}

}  // namespace

GradientExchange::GradientExchange(RowPlacement placement, std::int64_t dimension, WireFormat format,
                                   comm::Communicator& communicator, tensor::Backend& backend)
    : placement_(std::move(placement)),
      held_(placement_.Held()),
      dimension_(dimension),
      communicator_(&communicator),
      backend_(&backend),
      wire_(MakeWire(format, communicator, backend)),
      requests_(placement_),
      header_memory_(backend),
      headers_memory_(backend),
      asked_(static_cast<std::size_t>(communicator.size())),
      answered_(asked_.size()),
      replicated_ids_memory_(backend),
      asked_ids_memory_(backend),
      answered_ids_memory_(backend),
      rows_memory_(backend),
      answer_memory_(backend),
      padded_candidates_(backend),
      gathered_(backend),
      own_gradient_(backend),
      reduced_memory_(backend),
      answered_gradient_(backend),
      ones_memory_(backend),
      offsets_memory_(backend) {}

model::ParameterView GradientExchange::Read(const model::Parameters& held, std::span<const model::TableRead> reads) {
  requests_.Collect(reads);
  ExchangeRequests();
  requests_.Finish(reads);
  const auto replicated = static_cast<std::int64_t>(requests_.replicated().size());
  rows_ = rows_memory_.Shape(replicated + asked_rows_, dimension_);
  reduced_ = reduced_memory_.Shape(1, held.flat_dense().size() + kLossValues + rows_.size());
  reduced_used_ = 0;
  placed_.clear();
  FetchReplicated(held);
  FetchSharded(held);
  return {held, std::vector<ConstMatrix>(placement_.tables().size(), rows_)};
}

void GradientExchange::ExchangeRequests() {
  const std::span<const std::uint32_t> bits = requests_.replicated_bits();
  const std::size_t ranks = asked_.size();
  header_.assign(kFirstCount + ranks + bits.size(), 0);
  header_[kStopWord] = ask_to_stop_ ? 1 : 0;
  for (std::size_t r = 0; r < ranks; ++r) {
    asked_[r] = static_cast<std::int64_t>(requests_.AskedOf(static_cast<int>(r)).size());
    header_[kFirstCount + r] = static_cast<std::int32_t>(asked_[r]);
  }
  std::ranges::copy(bits, header_.begin() + static_cast<std::ptrdiff_t>(kFirstCount + ranks));
  const std::size_t bytes = header_.size() * sizeof(std::int32_t);
  headers_.resize(ranks * header_.size());
  void* gathered = headers_memory_.Reserve(ranks * bytes);
  communicator_->AllGather(header_memory_.Upload(std::span<const std::int32_t>(header_)),
                           static_cast<std::int64_t>(bytes), gathered);
  backend_->Download(gathered, headers_.data(), ranks * bytes);
  backend_->Synchronize();
  for (std::size_t r = 0; r < ranks; ++r) {
    const std::int32_t* header = headers_.data() + r * header_.size();
    stop_asked_ = stop_asked_ || header[kStopWord] != 0;
    answered_[r] = header[kFirstCount + static_cast<std::size_t>(rank())];
    requests_.AddReadElsewhere({reinterpret_cast<const std::uint32_t*>(header + kFirstCount + ranks), bits.size()});
  }
  asked_rows_ = Sum(asked_);
  answered_rows_ = Sum(answered_);
}

void GradientExchange::FetchReplicated(const model::Parameters& held) {
  const std::vector<std::int32_t>& ids = requests_.replicated();
  replicated_ids_ = replicated_ids_memory_.Upload(std::span<const std::int32_t>(ids));
  const auto rows = static_cast<std::int64_t>(ids.size());
  if (rows == 0) return;
  backend_->GatherPool(held.table(RowPlacement::kReplicatedTable), OneRowEach(replicated_ids_, rows),
                       tensor::Write::kOverwrite, {rows_.data, rows, dimension_});
}

void GradientExchange::FetchSharded(const model::Parameters& held) {
  if (placement_.ShardRows(0) == 0) return;
  asked_ids_host_.clear();
  for (int r = 0; r < ranks(); ++r) {
    const std::vector<std::int32_t>& rows = requests_.AskedOf(r);
    asked_ids_host_.insert(asked_ids_host_.end(), rows.begin(), rows.end());
  }
  const std::int32_t* asked_ids = asked_ids_memory_.Upload(std::span<const std::int32_t>(asked_ids_host_));
  auto* answered_ids = static_cast<std::int32_t*>(
      answered_ids_memory_.Reserve(static_cast<std::size_t>(answered_rows_) * sizeof(std::int32_t)));
  SendIds(asked_ids, asked_, answered_ids, answered_);
  answered_ids_ = answered_ids;

  const Matrix answer = answer_memory_.Shape(answered_rows_, dimension_);
  backend_->GatherPool(held.table(RowPlacement::kShardedTable), OneRowEach(answered_ids_, answered_rows_),
                       tensor::Write::kOverwrite, answer);
  float* fetched = rows_.data + (rows_.rows - asked_rows_) * dimension_;
  SendRows(answer.data, answered_, fetched, asked_);
}

void GradientExchange::SendIds(const std::int32_t* send, const Counts& send_counts, std::int32_t* receive,
                               const Counts& receive_counts) {
  communicator_->AllToAll(send, Times(send_counts, sizeof(std::int32_t)), receive,
                          Times(receive_counts, sizeof(std::int32_t)));
}

void GradientExchange::SendRows(const float* send, const Counts& send_counts, float* receive,
                                const Counts& receive_counts) {
  wire_->AllToAll(send, Times(send_counts, dimension_), receive, Times(receive_counts, dimension_));
}

ConstMatrix GradientExchange::Gather(ConstMatrix own, std::int64_t total) {
  const std::int64_t per_rank = CandidatesPerRank(total, ranks());
  const float* send = own.data;
  if (own.rows < per_rank) {
    const Matrix padded = padded_candidates_.Shape(per_rank, dimension_);
    backend_->Copy(own.data, padded.data, Bytes(own.size()));
    backend_->Zero(padded.data + own.size(), Bytes(padded.size() - own.size()));
    send = padded.data;
  }
  const Matrix gathered = gathered_.Shape(GatheredRows(total), dimension_);
  wire_->AllGather(send, per_rank * dimension_, gathered.data);
  return {gathered.data, total, dimension_};
}

std::int64_t GradientExchange::GatheredRows(std::int64_t total) const {
  return CandidatesPerRank(total, ranks()) * ranks();
}

void GradientExchange::BeginScatterSum(Matrix gradient, std::int64_t total, std::int64_t own) {
  const std::int64_t used = total * dimension_;
  backend_->Zero(gradient.data + used, Bytes(gradient.size() - used));
  const std::int64_t per_rank = CandidatesPerRank(total, ranks());
  const Matrix sum = own_gradient_.Shape(per_rank, dimension_);
  wire_->BeginReduceScatterSum(gradient.data, sum.size(), sum.data);
  own_sum_ = {sum.data, own, dimension_};
}

ConstMatrix GradientExchange::FinishScatterSum() {
  wire_->Finish();
  return own_sum_;
}

float* GradientExchange::TakePlace(std::int64_t floats) {
  float* const place = reduced_.data + reduced_used_;
  reduced_used_ += floats;
  return place;
}

void GradientExchange::BeginReduce(const model::Gradients& gradients, std::span<const model::DenseRun> runs) {
  if (runs.empty()) return;
  const std::int64_t begin = reduced_used_;
  for (const model::DenseRun& run : runs) {
    float* const place = TakePlace(run.size());
    backend_->Copy(gradients.flat_dense().data + run.begin, place, Bytes(run.size()));
    placed_.push_back({run, place});
  }
  wire_->BeginAllReduceSum(reduced_.data + begin, reduced_used_ - begin);
}

void GradientExchange::ScatterGradients(const model::Gradients& gradients, Matrix rows) {
  uses_.clear();
  for (std::size_t t = 0; t < gradients.tables(); ++t) {
    uses_.insert(uses_.end(), gradients.uses(t).begin(), gradients.uses(t).end());
  }
  backend_->Zero(rows.data, Bytes(rows.size()));
  backend_->ScatterAdd(uses_, rows);
}

void GradientExchange::Reduce(float* loss, model::Gradients& gradients) {
  const std::int64_t replicated_rows = rows_.rows - asked_rows_;
  float* const loss_place = TakePlace(kLossValues);
  float* const replicated = TakePlace(replicated_rows * dimension_);
  float* const asked = TakePlace(asked_rows_ * dimension_);
  backend_->Zero(loss_place, Bytes(kLossValues));
  backend_->Copy(loss, loss_place, sizeof(float));
  communicator_->BeginAllReduceSum(loss_place, kLossValues);
  ScatterGradients(gradients, {replicated, rows_.rows, dimension_});
  if (replicated_rows > 0) wire_->BeginAllReduceSum(replicated, replicated_rows * dimension_);

  std::vector<std::vector<tensor::SparseGradient>> uses(held_.tables.size());
  uses[RowPlacement::kReplicatedTable] = {
      {OneRowEach(replicated_ids_, replicated_rows), {replicated, replicated_rows, dimension_}}};
  if (placement_.ShardRows(0) > 0) {
    const Matrix answered = answered_gradient_.Shape(answered_rows_, dimension_);
    SendRows(asked, asked_, answered.data, answered_);
    uses[RowPlacement::kShardedTable] = {{OneRowEach(answered_ids_, answered_rows_), answered}};
  }
  wire_->Finish();
  ReturnSums(loss_place, loss, gradients);
  gradients.ReplaceUses(std::move(uses));
}

void GradientExchange::ReturnSums(const float* loss_place, float* loss, const model::Gradients& gradients) {
  for (const PlacedRun& placed : placed_) {
    backend_->Copy(placed.place, gradients.flat_dense().data + placed.run.begin, Bytes(placed.run.size()));
  }
  backend_->Copy(loss_place, loss, sizeof(float));
}

// A sum that failed touches nothing any more; its error is for those who wait for its result.
void GradientExchange::Settle() noexcept {
  try {
    communicator_->Finish();
  } catch (const std::exception&) {
    return;
  }
}

tensor::BagsView GradientExchange::OneRowEach(const std::int32_t* ids, std::int64_t rows) {
  if (rows > unit_rows_ || ones_ == nullptr) {
    unit_rows_ = rows + rows / 2 + 1;
    const std::vector<float> ones(static_cast<std::size_t>(unit_rows_), 1.0F);
    std::vector<std::int64_t> offsets(ones.size() + 1);
    std::iota(offsets.begin(), offsets.end(), std::int64_t{0});
    ones_ = ones_memory_.Upload(std::span<const float>(ones));
    offsets_ = offsets_memory_.Upload(std::span<const std::int64_t>(offsets));
    backend_->Synchronize();
  }
  return {ids, ones_, offsets_, rows, rows};
}

}  // namespace shortlist::train
