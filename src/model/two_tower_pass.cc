#include "model/two_tower_pass.h"

#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

constexpr std::uint64_t kItemHeadDropout = 512;

void Require(bool holds, const char* problem) {
  if (!holds) throw Error(Code::kInvalidArgument, std::string("training batch: ") + problem);
}

void CheckBatch(const TrainBatch& batch, const HistorySettings& history, const PriorSettings& prior) {
  const std::size_t candidates = batch.candidates.size();
  const BatchShare share = batch.Share();
  Require(share.step_rows > 0, "it has no rows");
  Require(share.first_candidate >= 0 && share.candidates >= 0 &&
              share.first_candidate + share.candidates <= static_cast<std::int64_t>(candidates),
          "its share of the candidates is not among them");
  Require(batch.queries.pools.size() == history.pools.size(), "it has another number of history pools than the model");
  Require(batch.queries.rows() == batch.rows(), "queries and positives differ in number");
  Require(batch.first_negative >= 0 && batch.first_negative <= static_cast<std::int64_t>(candidates),
          "first_negative is not among the candidates");
  Require(batch.positive_bias.empty() || batch.positive_bias.size() == batch.positives.size(),
          "positive_bias and positives differ in number");
  Require(history.encoder.kind == EncoderKind::kPooled || batch.queries.sequences.newest.rows() == batch.rows(),
          "the model reads the order of histories, and not every row has one");
  Require(batch.log_q.empty() || batch.log_q.size() == candidates, "log_q and candidates differ in number");
  const auto demand_width = static_cast<std::size_t>(DemandWidth(prior));
  Require(!prior.learned || batch.log_demand.size() == candidates * demand_width,
          "a learned prior needs the demand of each candidate");
}

}  // namespace

TwoTowerPass::TwoTowerPass(const TwoTowerSpec& spec, const ParameterLayout& layout,
                           const base::EncodedFeatures& item_features, AccidentalHits accidental_hits,
                           StepExchange& exchange, tensor::Backend& backend)
    : spec_(&spec),
      layout_(&layout),
      item_features_(&item_features),
      accidental_hits_(accidental_hits),
      exchange_(&exchange),
      backend_(&backend),
      item_rows_(layout, backend),
      item_vectors_(backend),
      item_vector_gradient_(backend),
      user_(spec, layout, backend),
      candidate_memory_(backend),
      candidate_input_(backend),
      item_head_(layout.item, spec.settings.item_residual, spec.settings.similarity, kItemHeadDropout, backend),
      positives_(backend),
      item_ids_(backend),
      row_weights_(backend),
      positive_bias_(backend),
      negative_log_q_memory_(backend),
      bias_(backend),
      bias_gradient_(backend),
      demand_memory_(backend),
      query_gradient_(backend),
      candidate_gradient_(backend) {
  if (!IdsOnly(spec)) row_of_item_.assign(static_cast<std::size_t>(spec.items), -1);
}

void TwoTowerPass::Run(const Parameters& parameters, const TrainBatch& batch, const DropoutPlan& dropout, float* loss,
                       Gradients& gradients) {
  CheckBatch(batch, spec_->settings.history, spec_->settings.prior);
  const BatchShare share = batch.Share();
  const auto total = static_cast<std::int64_t>(batch.candidates.size());
  const DropoutPlan query_dropout = dropout.FromRow(share.first_row);
  const DropoutPlan candidate_dropout = dropout.FromRow(share.first_candidate);
  gradients.Clear();
  item_vector_uses_.clear();
  Localize(batch);
  const ParameterView view = Read(parameters);

  const ConstMatrix item_vectors = ItemVectors(view);
  const Matrix queries = user_.Forward(view, item_vectors, local_.queries, query_dropout);
  candidates_ = candidate_memory_.Upload(local_.candidates);
  const Matrix input = candidate_input_.Shape(candidates_.rows, layout_->dimension);
  backend_->GatherPool(item_vectors, candidates_, Write::kOverwrite, input);
  const Matrix own_candidates = item_head_.Forward(view, input, candidate_dropout);
  const ConstMatrix candidates = exchange_->Gather(own_candidates, total);

  Loss(view, batch, queries, candidates, loss, gradients);

  const Matrix query_gradient = query_gradient_.Shape(queries.rows, queries.columns);
  const Matrix gathered_gradient = candidate_gradient_.Shape(exchange_->GatheredRows(total), layout_->dimension);
  exchange_->BeginScatterSum(gathered_gradient, total, share.candidates);
  user_.Backward(view, query_gradient, query_dropout, gradients, item_vector_uses_);
  const ConstMatrix candidate_gradient = exchange_->FinishScatterSum();
  exchange_->BeginReduce(gradients, layout_->user_runs);
  item_vector_uses_.push_back(
      {candidates_, item_head_.Backward(view, candidate_gradient, candidate_dropout, gradients)});
  exchange_->BeginReduce(gradients, layout_->item_head_runs);
  ItemVectorsBackward(view, gradients);
  exchange_->BeginReduce(gradients, layout_->item_input_runs);
}

std::int32_t TwoTowerPass::LocalRow(std::int32_t item) {
  if (IdsOnly(*spec_)) return item;
  std::int32_t& row = row_of_item_[static_cast<std::size_t>(item)];
  if (row < 0) {
    row = static_cast<std::int32_t>(local_.items.size());
    local_.items.push_back(item);
  }
  return row;
}

void TwoTowerPass::Localize(const TrainBatch& batch) {
  for (const std::int32_t item : local_.items) row_of_item_[static_cast<std::size_t>(item)] = -1;
  local_.items.clear();
  local_.queries = batch.queries;
  if (!IdsOnly(*spec_)) {
    for (base::Bags& pool : local_.queries.pools) {
      for (std::int32_t& id : pool.ids) id = LocalRow(id);
    }
    for (std::int32_t& id : local_.queries.sequences.items.ids) id = LocalRow(id);
  }
  const BatchShare share = batch.Share();
  local_.candidates.Clear();
  for (const std::int32_t item :
       std::span(batch.candidates)
           .subspan(static_cast<std::size_t>(share.first_candidate), static_cast<std::size_t>(share.candidates))) {
    local_.candidates.Append(LocalRow(item), 1.0F);
    local_.candidates.EndRow();
  }
  if (!IdsOnly(*spec_)) item_rows_.Select(local_.items, SelectRows(*item_features_, local_.items));
}

ParameterView TwoTowerPass::Read(const Parameters& parameters) {
  reads_.clear();
  if (IdsOnly(*spec_)) {
    for (base::Bags& pool : local_.queries.pools) reads_.push_back({0, &pool});
    reads_.push_back({0, &local_.queries.sequences.items});
    reads_.push_back({0, &local_.candidates});
  } else {
    item_rows_.AppendReads(reads_);
  }
  std::vector<base::Bags>& context = local_.queries.context.categorical;
  for (std::size_t f = 0; f < context.size(); ++f) {
    reads_.push_back({layout_->first_context_table + f, &context[f]});
  }
  return exchange_->Read(parameters, reads_);
}

ConstMatrix TwoTowerPass::ItemVectors(const ParameterView& parameters) {
  if (IdsOnly(*spec_)) return parameters.table(0);
  const Matrix vectors = item_vectors_.Shape(static_cast<std::int64_t>(local_.items.size()), layout_->dimension);
  item_rows_.Forward(parameters, vectors);
  return vectors;
}

void TwoTowerPass::ItemVectorsBackward(const ParameterView& parameters, Gradients& gradients) {
  if (IdsOnly(*spec_)) {
    for (const tensor::SparseGradient& use : item_vector_uses_) gradients.Add(0, use.bags, use.grad);
    return;
  }
  const Matrix gradient =
      item_vector_gradient_.Shape(static_cast<std::int64_t>(local_.items.size()), layout_->dimension);
  backend_->Zero(gradient.data, static_cast<std::size_t>(gradient.size()) * sizeof(float));
  backend_->ScatterAdd(item_vector_uses_, gradient);
  item_rows_.Backward(parameters, gradient, gradients);
}

const float* TwoTowerPass::Bias(const ParameterView& parameters, const TrainBatch& batch) {
  const bool prior = spec_->settings.prior.learned;
  if (batch.log_q.empty() && !prior) return nullptr;
  negative_log_q_.assign(batch.candidates.size(), 0.0F);
  for (std::size_t n = 0; n < batch.log_q.size(); ++n) negative_log_q_[n] = -batch.log_q[n];
  const float* negative_log_q = negative_log_q_memory_.Upload(std::span<const float>(negative_log_q_));
  if (!prior) return negative_log_q;

  // The prior's weights are a table of one column, whose rows every candidate reads with its demand as weights.
  const std::int64_t demand_width = DemandWidth(spec_->settings.prior);
  demand_.Clear();
  for (std::size_t place = 0; place < batch.log_demand.size();) {
    for (std::int32_t window = 0; window < demand_width; ++window) demand_.Append(window, batch.log_demand[place++]);
    demand_.EndRow();
  }
  demand_view_ = demand_memory_.Upload(demand_);
  const Matrix bias = bias_.Shape(demand_view_.rows, 1);
  backend_->Copy(negative_log_q, bias.data, negative_log_q_.size() * sizeof(float));
  backend_->GatherPool(parameters.dense(layout_->prior_weight), demand_view_, Write::kAdd, bias);
  return bias.data;
}

void TwoTowerPass::PriorBackward(const float* bias_gradient, std::int64_t candidates, Gradients& gradients) {
  const tensor::SparseGradient use = {demand_view_, ConstMatrix(bias_gradient, candidates, 1)};
  backend_->ScatterAdd(std::span(&use, 1), gradients.dense(layout_->prior_weight));
}

void TwoTowerPass::Loss(const ParameterView& parameters, const TrainBatch& batch, ConstMatrix queries,
                        ConstMatrix candidates, float* loss, Gradients& gradients) {
  const bool prior = spec_->settings.prior.learned;
  tensor::SoftmaxLossInputs inputs;
  inputs.queries = queries;
  inputs.candidates = candidates;
  inputs.positives = positives_.Upload(std::span<const std::int32_t>(batch.positives));
  if (accidental_hits_ == AccidentalHits::kMask) {
    inputs.item_ids = item_ids_.Upload(std::span<const std::int32_t>(batch.candidates));
  }
  inputs.bias = Bias(parameters, batch);
  inputs.positive_bias = positive_bias_.Upload(std::span<const float>(batch.positive_bias));
  inputs.first_negative = batch.first_negative;
  inputs.row_weights = row_weights_.Upload(std::span<const float>(batch.row_weights));
  inputs.scale = parameters.dense(layout_->scale).data;

  tensor::SoftmaxLossOutputs outputs;
  outputs.loss = loss;
  outputs.query_gradient = query_gradient_.Shape(queries.rows, queries.columns);
  outputs.candidate_gradient = candidate_gradient_.Shape(exchange_->GatheredRows(candidates.rows), candidates.columns);
  outputs.candidate_gradient.rows = candidates.rows;
  outputs.scale_gradient = gradients.dense(layout_->scale).data;
  outputs.bias_gradient = prior ? bias_gradient_.Shape(candidates.rows, 1).data : nullptr;
  backend_->SoftmaxLoss(inputs, outputs);
  if (prior) PriorBackward(outputs.bias_gradient, candidates.rows, gradients);
}

}  // namespace shortlist::model
