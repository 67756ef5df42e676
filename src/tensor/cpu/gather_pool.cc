#include "tensor/cpu/gather_pool.h"

#include <algorithm>
#include <vector>

#include "tensor/cpu/bag_check.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kRowsPerTask = 64;

std::vector<WeightedRow> RowsOf(ConstMatrix table, const BagsView& bags, std::int64_t begin, std::int64_t end) {
  std::vector<WeightedRow> rows(static_cast<std::size_t>(end - begin));
  for (std::int64_t i = begin; i < end; ++i) {
    rows[static_cast<std::size_t>(i - begin)] = {table.data + bags.ids[i] * table.columns, bags.weights[i]};
  }
  return rows;
}

}  // namespace

void GatherPool(base::ThreadPool& pool, ConstMatrix table, const BagsView& bags, Write write, Matrix out) {
  CheckBags("GatherPool", bags, table.rows);
  pool.ParallelFor(bags.rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = bags.offsets[begin];
    const std::int64_t last = bags.offsets[end];
    const std::vector<WeightedRow> rows = RowsOf(table, bags, first, last);
    if (write == Write::kOverwrite) std::fill(out.data + begin * out.columns, out.data + end * out.columns, 0.0F);
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t at = bags.offsets[r];
      AddWeightedRows(rows.data() + (at - first), bags.offsets[r + 1] - at, last - at, out.columns,
                      out.data + r * out.columns);
    }
  });
}

}  // namespace shortlist::tensor::cpu
