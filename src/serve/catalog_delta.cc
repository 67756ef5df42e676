#include "serve/catalog_delta.h"

#include <algorithm>

#include "serve/snapshot.h"

namespace shortlist::serve {

CatalogDelta::CatalogDelta(const ServingSnapshot& snapshot, const CatalogChanges& changes, const CatalogDelta* before)
    : indexed_items_(static_cast<std::int32_t>(snapshot.bundle().items().size())),
      bundle_items_(static_cast<std::int32_t>(snapshot.bundle().item_count())),
      width_(static_cast<std::size_t>(snapshot.bundle().items().width())) {
  for (const auto& [id, change] : changes) {
    if (change.item != nullptr) {
      AddItem(snapshot, change);
    } else {
      Withdraw(snapshot.bundle().FindItem(id));
    }
  }
  std::ranges::sort(withdrawn_);
  std::ranges::sort(hidden_);
  std::ranges::sort(beside_);
  ReadTable(snapshot);
  Encode(snapshot, before);
}

void CatalogDelta::AddItem(const ServingSnapshot& snapshot, const CatalogChange& change) {
  std::int32_t number = snapshot.bundle().FindItem(change.id);
  if (number < 0) {
    if (!snapshot.encodes_new_items()) return;
    number = bundle_items_ + static_cast<std::int32_t>(new_by_id_.size());
    new_by_id_.emplace(change.item->id, number);
  }
  const bool is_indexed = number < indexed_items_;
  const bool is_learned = number < bundle_items_ && snapshot.bundle().IsLearned(number);
  if (!is_indexed || !is_learned) beside_.push_back(number);
  if (is_indexed && !is_learned) hidden_.push_back(number);
  row_of_.emplace(number, items_.size());
  items_.push_back({number, change.item});
}

void CatalogDelta::Withdraw(std::int32_t item) {
  if (item < 0 || item >= indexed_items_) return;
  withdrawn_.push_back(item);
  hidden_.push_back(item);
}

void CatalogDelta::ReadTable(const ServingSnapshot& snapshot) {
  table_.emplace(snapshot.bundle().settings().index.filters, static_cast<std::int64_t>(items_.size()),
                 [this](std::int64_t row) { return items_[static_cast<std::size_t>(row)].item->attributes; });
}

std::span<const float> CatalogDelta::KnownVector(const CatalogDelta* before, const Entry& entry) const {
  if (before == nullptr) return {};
  const std::int32_t number = entry.number < bundle_items_ ? entry.number : before->FindNew(entry.item->id);
  if (before->Find(number) != entry.item.get()) return {};
  const std::optional<std::size_t> place = before->PlaceBeside(number);
  return place ? before->VectorBeside(*place) : std::span<const float>();
}

void CatalogDelta::Encode(const ServingSnapshot& snapshot, const CatalogDelta* before) {
  vectors_.resize(beside_.size() * width_);
  std::vector<const CatalogItem*> unknown;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < beside_.size(); ++place) {
    const Entry& entry = items_[row_of_.at(beside_[place])];
    std::span<const float> known = KnownVector(before, entry);
    std::vector<float> learned;
    if (known.empty() && entry.number < bundle_items_ && snapshot.bundle().IsLearned(entry.number)) {
      known = learned = snapshot.LearnedVector(entry.number);
    }
    if (known.empty()) {
      unknown.push_back(entry.item.get());
      places.push_back(place);
    }
    std::ranges::copy(known, vectors_.begin() + static_cast<std::ptrdiff_t>(place * width_));
  }
  const std::vector<float> encoded = snapshot.EncodeNewItems(unknown);
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::copy_n(&encoded[i * width_], width_, &vectors_[places[i] * width_]);
  }
}

std::int32_t CatalogDelta::FindNew(std::string_view id) const {
  const auto found = new_by_id_.find(id);
  return found == new_by_id_.end() ? -1 : found->second;
}

const CatalogItem* CatalogDelta::Find(std::int32_t item) const {
  const auto found = row_of_.find(item);
  return found == row_of_.end() ? nullptr : items_[found->second].item.get();
}

std::span<const float> CatalogDelta::VectorBeside(std::size_t place) const {
  return std::span(vectors_).subspan(place * width_, width_);
}

std::optional<std::size_t> CatalogDelta::PlaceBeside(std::int32_t item) const {
  const auto found = std::ranges::lower_bound(beside_, item);
  if (found == beside_.end() || *found != item) return std::nullopt;
  return static_cast<std::size_t>(found - beside_.begin());
}

void CatalogDelta::Correct(const filter::Condition& condition, base::BitSet& matching) const {
  if (items_.empty()) return;
  const base::BitSet rows = table_->Matching(condition);
  for (std::size_t row = 0; row < items_.size(); ++row) {
    const std::int32_t item = items_[row].number;
    if (item >= indexed_items_) continue;
    if (rows.Contains(static_cast<std::int64_t>(row))) {
      matching.Insert(item);
    } else {
      matching.Erase(item);
    }
  }
}

base::BitSet CatalogDelta::MatchingBeside(const filter::Condition& condition) const {
  base::BitSet matching(static_cast<std::int64_t>(beside_.size()));
  if (beside_.empty()) return matching;
  const base::BitSet rows = table_->Matching(condition);
  for (std::size_t place = 0; place < beside_.size(); ++place) {
    const std::size_t row = row_of_.at(beside_[place]);
    if (rows.Contains(static_cast<std::int64_t>(row))) matching.Insert(static_cast<std::int64_t>(place));
  }
  return matching;
}

}  // namespace shortlist::serve
