#include "eval/item_precision.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "linear/dense_algebra.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kRowsPerTask = 64;
// Users whose products are summed while they stay in the cache.
constexpr std::int64_t kUsersPerTask = 128;

// target += factor source
void Add(const float* source, float factor, std::int64_t count, float* target) {
  for (std::int64_t i = 0; i < count; ++i) target[i] += factor * source[i];
}

// Lower triangle of A diag(weights) A', for A of zeros and ones whose rows are given, and whose columns are given.
std::vector<float> GramOfRows(const IndexLists& rows, const IndexLists& columns, const std::vector<float>& weights,
                              base::ThreadPool& pool) {
  const auto count = static_cast<std::int64_t>(rows.rows());
  std::vector<float> gram(static_cast<std::size_t>(count * count));
  pool.ParallelFor(count, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      float* sums = gram.data() + row * count;
      for (const std::int32_t column : rows[static_cast<std::size_t>(row)]) {
        const float weight = weights[static_cast<std::size_t>(column)];
        for (const std::int32_t other : columns[static_cast<std::size_t>(column)]) {
          if (other > row) break;
          sums[other] += weight;
        }
      }
    }
  });
  return gram;
}

}  // namespace

ItemPrecision::ItemPrecision(IndexLists items_of_users, std::int64_t items, const EaseSettings& settings,
                             base::ThreadPool& pool)
    : items_(items), items_of_(std::move(items_of_users)), users_of_(Transpose(items_of_, items)) {
  const auto users = static_cast<std::int64_t>(items_of_.rows());
  for (std::size_t user = 0; user < items_of_.rows(); ++user) {
    const auto length = static_cast<double>(items_of_[user].size());
    roots_.push_back(static_cast<float>(length > 0 ? std::pow(length, settings.user_length_exponent / 2) : 0));
  }
  inverse_rows_ = std::min(users, items);
  if (keeps_items()) {
    InvertItems(settings.regularization, pool);
  } else {
    InvertUsers(settings.regularization, pool);
  }
}

void ItemPrecision::InvertItems(double regularization, base::ThreadPool& pool) {
  std::vector<float> weights;
  for (const float root : roots_) weights.push_back(root * root);
  inverse_ = GramOfRows(users_of_, items_of_, weights, pool);
  for (std::int64_t item = 0; item < items_; ++item) {
    inverse_[item * (items_ + 1)] += static_cast<float>(regularization);
  }
  linear::InvertPositiveDefinite(inverse_, items_, pool);
}

void ItemPrecision::InvertUsers(double regularization, base::ThreadPool& pool) {
  inverse_ = GramOfRows(items_of_, users_of_, std::vector<float>(static_cast<std::size_t>(items_), 1), pool);
  pool.ParallelFor(inverse_rows_, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t user = begin; user < end; ++user) {
      float* row = inverse_.data() + user * inverse_rows_;
      for (std::int64_t other = 0; other <= user; ++other) row[other] *= roots_[user] * roots_[other];
      row[user] += static_cast<float>(regularization);
    }
  });
  linear::InvertPositiveDefinite(inverse_, inverse_rows_, pool);
}

double ItemPrecision::MemoryFor(std::int64_t users, std::int64_t items) {
  const auto rows = static_cast<double>(std::min(users, items));
  return rows * rows * sizeof(float);
}

tensor::cpu::ConstTile ItemPrecision::Columns(std::int64_t begin, std::int64_t end, std::vector<float>& scratch,
                                              base::ThreadPool& pool) const {
  const std::int64_t width = end - begin;
  if (keeps_items()) return {inverse_.data() + begin, items_, width, items_};
  std::vector<float> products(static_cast<std::size_t>(inverse_rows_ * width));
  AddRows(begin, end, products, pool);
  scratch.assign(static_cast<std::size_t>(items_ * width), 0);
  pool.ParallelFor(items_, kRowsPerTask, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t item = first; item < last; ++item) {
      float* row = scratch.data() + item * width;
      for (const std::int32_t user : users_of_[static_cast<std::size_t>(item)]) {
        Add(products.data() + user * width, roots_[user], width, row);
      }
      for (std::int64_t column = 0; column < width; ++column) row[column] = -row[column];
      if (item >= begin && item < end) row[item - begin] += 1;
    }
  });
  return {scratch.data(), items_, width, width};
}

// products, [users, end - begin] = inverse Z[:, begin..end), by sums of the inverse's rows, which are its columns.
void ItemPrecision::AddRows(std::int64_t begin, std::int64_t end, std::vector<float>& products,
                            base::ThreadPool& pool) const {
  const std::int64_t width = end - begin;
  pool.ParallelFor(inverse_rows_, kUsersPerTask, [&](std::int64_t first, std::int64_t last) {
    std::array<float, kUsersPerTask> sums;
    for (std::int64_t item = begin; item < end; ++item) {
      sums.fill(0);
      for (const std::int32_t user : users_of_[static_cast<std::size_t>(item)]) {
        Add(inverse_.data() + user * inverse_rows_ + first, roots_[user], last - first, sums.data());
      }
      for (std::int64_t user = first; user < last; ++user) products[user * width + item - begin] = sums[user - first];
    }
  });
}

}  // namespace shortlist::eval
