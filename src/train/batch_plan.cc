#include "train/batch_plan.h"

#include <algorithm>
#include <numeric>

namespace shortlist::train {

BatchPlan::BatchPlan(std::span<const std::int64_t> times, std::span<const std::int32_t> users, BatchOrder order,
                     std::int64_t batch_size, std::uint64_t seed)
    : order_(order), batch_size_(batch_size), seed_(seed), sorted_(times.size()) {
  std::iota(sorted_.begin(), sorted_.end(), 0);
  for (std::size_t e = 0; e < users.size(); ++e) {
    const auto example = static_cast<std::int64_t>(e);
    if (e == 0 || users[e] != users[e - 1]) shoppers_.push_back({example, example});
    shoppers_.back().end = example + 1;
  }
  if (order_ != BatchOrder::kTimeCoherent) return;
  std::ranges::stable_sort(sorted_, {}, [&](std::int64_t example) { return times[static_cast<std::size_t>(example)]; });
}

void BatchPlan::StartEpoch(std::int64_t epoch) {
  RandomSequence random = {seed_, static_cast<std::uint64_t>(epoch)};
  examples_ = sorted_;
  ranges_.clear();
  if (order_ == BatchOrder::kTimeCoherent) {
    CutFrom(1 + static_cast<std::int64_t>(random.Below(static_cast<std::uint64_t>(batch_size_))));
    random.Shuffle(ranges_);
    return;
  }
  if (order_ == BatchOrder::kByShopper) {
    ShuffleShoppers(random);
  } else {
    random.Shuffle(examples_);
  }
  CutEvenly();
}

void BatchPlan::ShuffleShoppers(RandomSequence& random) {
  std::vector<Range> shoppers = shoppers_;
  random.Shuffle(shoppers);
  examples_.clear();
  for (const Range& shopper : shoppers) {
    examples_.insert(examples_.end(), sorted_.begin() + shopper.begin, sorted_.begin() + shopper.end);
  }
}

void BatchPlan::CutEvenly() {
  const auto count = static_cast<std::int64_t>(examples_.size());
  const std::int64_t batches = (count + batch_size_ - 1) / batch_size_;
  for (std::int64_t b = 0; b < batches; ++b) ranges_.push_back({count * b / batches, count * (b + 1) / batches});
}

void BatchPlan::CutFrom(std::int64_t first_cut) {
  const auto count = static_cast<std::int64_t>(examples_.size());
  std::int64_t begin = 0;
  for (std::int64_t end = first_cut; begin < count; end += batch_size_) {
    ranges_.push_back({begin, std::min(end, count)});
    begin = end;
  }
}

std::span<const std::int64_t> BatchPlan::Batch(std::int64_t index) const {
  const Range& range = ranges_[static_cast<std::size_t>(index)];
  return std::span(examples_).subspan(static_cast<std::size_t>(range.begin),
                                      static_cast<std::size_t>(range.end - range.begin));
}

}  // namespace shortlist::train
