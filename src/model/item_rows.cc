#include "model/item_rows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::model {
namespace {

using tensor::Activation;
using tensor::Matrix;
using tensor::Write;

[[noreturn]] void Refuse(const std::string& what, const std::string& problem) {
  throw Error(Code::kInvalidArgument, what + ": " + problem);
}

void CheckBags(const std::string& what, const base::Bags& bags, std::int64_t rows, std::int64_t cardinality) {
  if (bags.rows() != rows) {
    Refuse(what, "has " + std::to_string(bags.rows()) + " rows, needs " + std::to_string(rows));
  }
  const bool ordered = bags.offsets.front() == 0 && std::ranges::is_sorted(bags.offsets) &&
                       bags.offsets.back() == static_cast<std::int64_t>(bags.ids.size());
  if (!ordered || bags.weights.size() != bags.ids.size()) Refuse(what, "offsets, ids and weights do not fit together");
  for (const std::int32_t id : bags.ids) {
    if (id < 0 || id >= cardinality) {
      Refuse(what, "id " + std::to_string(id) + " is outside of [0, " + std::to_string(cardinality) + ")");
    }
  }
}

void AppendRow(const base::Bags& source, std::int32_t row, base::Bags& out) {
  const auto first = static_cast<std::ptrdiff_t>(source.offsets[static_cast<std::size_t>(row)]);
  const auto last = static_cast<std::ptrdiff_t>(source.offsets[static_cast<std::size_t>(row) + 1]);
  out.ids.insert(out.ids.end(), source.ids.begin() + first, source.ids.begin() + last);
  out.weights.insert(out.weights.end(), source.weights.begin() + first, source.weights.begin() + last);
  out.EndRow();
}

}  // namespace

void CheckFeatures(const char* what, const std::vector<FeatureShape>& shapes, std::int64_t dense_width,
                   const base::EncodedFeatures& features, std::int64_t rows) {
  if (features.categorical.size() != shapes.size()) {
    Refuse(what, "has " + std::to_string(features.categorical.size()) + " categorical features, the model has " +
                     std::to_string(shapes.size()));
  }
  for (std::size_t f = 0; f < shapes.size(); ++f) {
    CheckBags(std::string(what) + " feature '" + shapes[f].name + "'", features.categorical[f], rows,
              shapes[f].cardinality);
  }
  if (static_cast<std::int64_t>(features.dense.size()) != rows * dense_width) {
    Refuse(what, "has " + std::to_string(features.dense.size()) + " dense values, needs " + std::to_string(rows) +
                     " rows of " + std::to_string(dense_width));
  }
}

base::EncodedFeatures SelectRows(const base::EncodedFeatures& features, std::span<const std::int32_t> rows) {
  base::EncodedFeatures out;
  out.rows = static_cast<std::int64_t>(rows.size());
  out.dense_width = features.dense_width;
  out.categorical.resize(features.categorical.size());
  const auto width = static_cast<std::ptrdiff_t>(features.dense_width);
  for (const std::int32_t row : rows) {
    for (std::size_t f = 0; f < features.categorical.size(); ++f) {
      AppendRow(features.categorical[f], row, out.categorical[f]);
    }
    const auto first = features.dense.begin() + row * width;
    out.dense.insert(out.dense.end(), first, first + width);
  }
  return out;
}

ItemRows::ItemRows(const ParameterLayout& layout, tensor::Backend& backend)
    : layout_(&layout),
      backend_(&backend),
      id_memory_(backend),
      features_(layout.item_feature_tables),
      dense_memory_(backend),
      product_(backend) {
  for (std::size_t f = 0; f < layout.item_feature_tables; ++f) feature_memory_.emplace_back(backend);
}

void ItemRows::Select(std::span<const std::int32_t> ids, base::EncodedFeatures features) {
  id_rows_.Clear();
  for (const std::int32_t id : ids) {
    id_rows_.Append(id, 1.0F);
    id_rows_.EndRow();
  }
  rows_ = id_rows_.rows();
  feature_rows_ = std::move(features);
}

void ItemRows::SelectWithoutIds(base::EncodedFeatures features) {
  rows_ = features.rows;
  id_rows_.Clear();
  for (std::int64_t r = 0; r < rows_; ++r) id_rows_.EndRow();
  feature_rows_ = std::move(features);
}

void ItemRows::AppendReads(std::vector<TableRead>& reads) {
  reads.push_back({0, &id_rows_});
  for (std::size_t f = 0; f < features_.size(); ++f) reads.push_back({1 + f, &feature_rows_.categorical[f]});
}

void ItemRows::Upload() {
  ids_ = id_memory_.Upload(id_rows_);
  for (std::size_t f = 0; f < features_.size(); ++f) {
    features_[f] = feature_memory_[f].Upload(feature_rows_.categorical[f]);
  }
  if (layout_->item_dense == ParameterLayout::kAbsent) return;
  dense_ = {dense_memory_.Upload(std::span<const float>(feature_rows_.dense)), rows_, feature_rows_.dense_width};
}

void ItemRows::Forward(const ParameterView& parameters, Matrix out) {
  Upload();
  backend_->GatherPool(parameters.table(0), ids_, Write::kOverwrite, out);
  for (std::size_t f = 0; f < features_.size(); ++f) {
    backend_->GatherPool(parameters.table(1 + f), features_[f], Write::kAdd, out);
  }
  if (layout_->item_dense == ParameterLayout::kAbsent) return;
  const Matrix product = product_.Shape(rows_, layout_->dimension);
  backend_->Linear(dense_, parameters.dense(layout_->item_dense), nullptr, Activation::kNone, product);
  backend_->AddScaled(product.data, 1.0F, out.data, out.size());
}

void ItemRows::Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, Gradients& gradients) {
  gradients.Add(0, ids_, out_gradient);
  for (std::size_t f = 0; f < features_.size(); ++f) gradients.Add(1 + f, features_[f], out_gradient);
  if (layout_->item_dense == ParameterLayout::kAbsent) return;
  const Matrix scratch = product_.Shape(rows_, layout_->dimension);
  backend_->LinearBackward(dense_, parameters.dense(layout_->item_dense), out_gradient, Activation::kNone, out_gradient,
                           scratch, Matrix{nullptr, 0, 0}, Write::kOverwrite, gradients.dense(layout_->item_dense),
                           nullptr);
}

}  // namespace shortlist::model
