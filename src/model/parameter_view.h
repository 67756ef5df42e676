// What a pass of the towers reads: a matrix for the ids of each table, and the dense arrays.
#pragma once

#include <utility>
#include <vector>

#include "model/parameters.h"
#include "tensor/backend.h"

namespace shortlist::model {

// A view; what it looks at must outlive it.
class ParameterView {
 public:
  // Ids are rows of the whole tables.
  ParameterView(const Parameters& whole)  // NOLINT(google-explicit-constructor): parameters are a view of themselves
      : dense_(&whole) {
    for (std::size_t t = 0; t < whole.tables(); ++t) tables_.emplace_back(whole.table(t));
  }
  // Ids of table t are rows of tables[t].
  ParameterView(const Parameters& dense, std::vector<tensor::ConstMatrix> tables)
      : dense_(&dense), tables_(std::move(tables)) {}

  tensor::ConstMatrix table(std::size_t index) const { return tables_[index]; }
  tensor::Matrix dense(std::size_t index) const { return dense_->dense(index); }

 private:
  const Parameters* dense_;
  std::vector<tensor::ConstMatrix> tables_;
};

}  // namespace shortlist::model
