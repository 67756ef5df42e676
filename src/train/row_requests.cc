#include "train/row_requests.h"

#include <algorithm>
#include <bit>

namespace shortlist::train {
namespace {

constexpr std::int32_t kNotAsked = -1;
constexpr std::uint32_t kWordBits = 32;

std::size_t WordOf(std::int32_t row) {
  return static_cast<std::uint32_t>(row) / kWordBits;
}

std::uint32_t BitOf(std::int32_t row) {
  return std::uint32_t{1} << static_cast<std::uint32_t>(row) % kWordBits;
}

}  // namespace

RowRequests::RowRequests(const RowPlacement& placement)
    : placement_(&placement),
      asked_(static_cast<std::size_t>(placement.of().ranks)),
      asked_begin_(asked_.size()),
      bits_((static_cast<std::size_t>(placement.replicated_rows()) + kWordBits - 1) / kWordBits),
      any_bits_(bits_.size()),
      rows_before_word_(bits_.size()) {
  for (const model::TableShape& table : placement.tables()) {
    place_.emplace_back(static_cast<std::size_t>(table.rows), kNotAsked);
  }
}

void RowRequests::Collect(std::span<const model::TableRead> reads) {
  for (const Asked& asked : all_asked_) place_[asked.table][static_cast<std::size_t>(asked.id)] = kNotAsked;
  all_asked_.clear();
  for (std::vector<std::int32_t>& rows : asked_) rows.clear();
  std::ranges::fill(bits_, 0U);
  for (const model::TableRead& read : reads) {
    for (const std::int32_t id : read.bags->ids) CollectId(read.table, id);
  }
  any_bits_ = bits_;
}

void RowRequests::CollectId(std::size_t table, std::int32_t id) {
  std::int32_t& place = place_[table][static_cast<std::size_t>(id)];
  if (place != kNotAsked) return;
  const RowPlacement::Place where = placement_->Of(table, id);
  if (where.owner == RowPlacement::kEverywhere) {
    bits_[WordOf(where.row)] |= BitOf(where.row);
    return;
  }
  std::vector<std::int32_t>& rows = asked_[static_cast<std::size_t>(where.owner)];
  place = static_cast<std::int32_t>(rows.size());
  rows.push_back(where.row);
  all_asked_.push_back({table, id});
}

void RowRequests::AddReadElsewhere(std::span<const std::uint32_t> bits) {
  for (std::size_t w = 0; w < any_bits_.size(); ++w) any_bits_[w] |= bits[w];
}

void RowRequests::ListReplicated() {
  replicated_.clear();
  for (std::size_t w = 0; w < any_bits_.size(); ++w) {
    rows_before_word_[w] = static_cast<std::int32_t>(replicated_.size());
    for (std::uint32_t rest = any_bits_[w]; rest != 0; rest &= rest - 1) {
      replicated_.push_back(static_cast<std::int32_t>(w * kWordBits) + std::countr_zero(rest));
    }
  }
}

std::int32_t RowRequests::NewId(std::size_t table, std::int32_t id) const {
  const RowPlacement::Place where = placement_->Of(table, id);
  if (where.owner == RowPlacement::kEverywhere) {
    const std::size_t word = WordOf(where.row);
    return rows_before_word_[word] + std::popcount(any_bits_[word] & (BitOf(where.row) - 1));
  }
  const std::int32_t place = place_[table][static_cast<std::size_t>(id)];
  return static_cast<std::int32_t>(asked_begin_[static_cast<std::size_t>(where.owner)]) + place;
}

void RowRequests::Finish(std::span<const model::TableRead> reads) {
  ListReplicated();
  auto begin = static_cast<std::int64_t>(replicated_.size());
  for (std::size_t owner = 0; owner < asked_.size(); ++owner) {
    asked_begin_[owner] = begin;
    begin += static_cast<std::int64_t>(asked_[owner].size());
  }
  for (const model::TableRead& read : reads) {
    for (std::int32_t& id : read.bags->ids) id = NewId(read.table, id);
  }
}

}  // namespace shortlist::train
