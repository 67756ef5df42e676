#include "tensor/cpu/sparse_update.h"

#include <algorithm>
#include <vector>

#include <hwy/cache_control.h>

#include "tensor/cpu/occurrences.h"
#include "tensor/cpu/optimizer.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kRowsPerTask = 64;
constexpr std::size_t kRowsAhead = 4;
constexpr std::int64_t kFloatsPerLine = 16;

void FetchRow(const Matrix& matrix, std::int32_t row) {
  const float* values = matrix.data + row * matrix.columns;
  for (std::int64_t i = 0; i < matrix.columns; i += kFloatsPerLine) hwy::Prefetch(values + i);
}

void AddGroup(const Occurrences& groups, std::size_t group, std::int64_t columns, float* sum) {
  const std::int64_t begin = groups.begins[group];
  AddWeightedRows(groups.rows.data() + begin, groups.begins[group + 1] - begin, groups.begins.back() - begin, columns,
                  sum);
}

}  // namespace

void SparseUpdate(base::ThreadPool& pool, Matrix table, Matrix state, std::span<const SparseGradient> uses,
                  const Optimizer& optimizer) {
  const Occurrences groups = GroupByTableRow("SparseUpdate", uses, table.rows);
  const RowOptimizer row_optimizer(optimizer, table.columns);
  pool.ParallelFor(
      static_cast<std::int64_t>(groups.ids.size()), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> sum(static_cast<std::size_t>(table.columns));
        for (auto group = static_cast<std::size_t>(begin); group < static_cast<std::size_t>(end); ++group) {
          const std::int32_t ahead = groups.ids[std::min(group + kRowsAhead, groups.ids.size() - 1)];
          FetchRow(table, ahead);
          FetchRow(state, ahead);
          std::fill(sum.begin(), sum.end(), 0.0F);
          AddGroup(groups, group, table.columns, sum.data());
          const std::int32_t row = groups.ids[group];
          row_optimizer.Update(sum.data(), table.data + row * table.columns, state.data + row * state.columns);
        }
      });
}

void ScatterAdd(base::ThreadPool& pool, std::span<const SparseGradient> uses, Matrix gradient) {
  const Occurrences groups = GroupByTableRow("ScatterAdd", uses, gradient.rows);
  pool.ParallelFor(
      static_cast<std::int64_t>(groups.ids.size()), kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
        for (auto group = static_cast<std::size_t>(begin); group < static_cast<std::size_t>(end); ++group) {
          AddGroup(groups, group, gradient.columns, gradient.data + groups.ids[group] * gradient.columns);
        }
      });
}

}  // namespace shortlist::tensor::cpu
