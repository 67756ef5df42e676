#include "serve/item_reasons.h"

#include <algorithm>
#include <limits>

#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::serve {
namespace {

constexpr std::int64_t kNewItemSeconds = std::int64_t{28} * 86400;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::vector<float> MeanVector(const index::VectorIndex& items) {
  std::vector<double> sums(static_cast<std::size_t>(items.width()), 0.0);
  for (std::int64_t item = 0; item < items.size(); ++item) {
    const std::vector<float> vector = items.Vector(static_cast<std::int32_t>(item));
    std::ranges::transform(sums, vector, sums.begin(), [](double sum, float value) { return sum + value; });
  }
  const double count = static_cast<double>(std::max<std::int64_t>(1, items.size()));
  std::vector<float> mean(sums.size());
  std::ranges::transform(sums, mean.begin(), [count](double sum) { return static_cast<float>(sum / count); });
  return mean;
}

// When an item was first taken, kNever if it was not.
std::vector<std::int64_t> FirstTimes(const index::Bundle& bundle) {
  std::vector<std::int64_t> first(static_cast<std::size_t>(bundle.item_count()), kNever);
  for (std::int32_t user = 0; user < bundle.user_count(); ++user) {
    const auto items = bundle.HistoryItems(user);
    const auto times = bundle.HistoryTimes(user);
    for (std::size_t event = 0; event < items.size(); ++event) {
      std::int64_t& time = first[static_cast<std::size_t>(items[event])];
      time = std::min(time, times[event]);
    }
  }
  return first;
}

std::int64_t LastTime(const index::Bundle& bundle) {
  std::int64_t last = 0;
  for (std::int32_t user = 0; user < bundle.user_count(); ++user) {
    for (const std::int64_t time : bundle.HistoryTimes(user)) last = std::max(last, time);
  }
  return last;
}

std::vector<bool> NewItems(const index::Bundle& bundle) {
  const std::vector<std::int64_t> first = FirstTimes(bundle);
  const std::int64_t since = bundle.history_has_times() ? LastTime(bundle) - kNewItemSeconds : kNever;
  std::vector<bool> is_new;
  is_new.reserve(first.size());
  for (const std::int64_t time : first) is_new.push_back(time == kNever || time > since);
  return is_new;
}

}  // namespace

ItemReasons::ItemReasons(const index::Bundle& bundle, std::int64_t dimension)
    : dimension_(static_cast<std::size_t>(dimension)),
      mean_vector_(MeanVector(bundle.items())),
      is_new_(NewItems(bundle)) {}

ItemReason ItemReasons::Of(std::span<const float> shopper, std::int32_t item, std::span<const float> vector) const {
  if (is_new_[static_cast<std::size_t>(item)]) return ItemReason::kNew;
  const bool says_nothing = std::ranges::all_of(shopper.first(dimension_), [](float value) { return value == 0; });
  if (says_nothing) return ItemReason::kPopular;
  const auto dimension = static_cast<std::int64_t>(dimension_);
  const float similarity = tensor::cpu::Dot(shopper.data(), vector.data(), dimension) -
                           tensor::cpu::Dot(shopper.data(), mean_vector_.data(), dimension);
  float own_term = 0;
  for (std::size_t d = dimension_; d < vector.size(); ++d) own_term += shopper[d] * (vector[d] - mean_vector_[d]);
  return own_term > similarity ? ItemReason::kPopular : ItemReason::kSimilar;
}

}  // namespace shortlist::serve
