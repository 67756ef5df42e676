#include "serve/catalog_delta.h"

#include <algorithm>
#include <cmath>

#include "serve/snapshot.h"

namespace shortlist::serve {

CatalogDelta::CatalogDelta(const ServingSnapshot& snapshot, const CatalogChanges& changes, const CatalogDelta* before)
    : bundle_items_(static_cast<std::int32_t>(snapshot.bundle().item_count())),
      width_(static_cast<std::size_t>(snapshot.bundle().items().width())) {
  for (const auto& [id, change] : changes) {
    if (change.item != nullptr) {
      AddItem(snapshot, change);
    } else if (const std::int32_t item = snapshot.bundle().FindItem(id); item >= 0) {
      withdrawn_.push_back(item);
    }
  }
  std::ranges::sort(withdrawn_);
  ReadTable(snapshot);
  Encode(snapshot, before);
}

void CatalogDelta::AddItem(const ServingSnapshot& snapshot, const CatalogChange& change) {
  std::int32_t number = snapshot.bundle().FindItem(change.id);
  if (number < 0) {
    if (!snapshot.encodes_new_items()) return;
    number = bundle_items_ + static_cast<std::int32_t>(new_rows_.size());
    new_rows_.push_back(items_.size());
    new_by_id_.emplace(change.item->id, number);
  }
  row_of_.emplace(number, items_.size());
  items_.push_back({number, change.item});
}

void CatalogDelta::ReadTable(const ServingSnapshot& snapshot) {
  table_.emplace(snapshot.bundle().settings().index.filters, static_cast<std::int64_t>(items_.size()),
                 [this](std::int64_t row) { return items_[static_cast<std::size_t>(row)].item->attributes; });
}

void CatalogDelta::Encode(const ServingSnapshot& snapshot, const CatalogDelta* before) {
  vectors_.reserve(new_rows_.size() * width_);
  std::vector<const CatalogItem*> unknown;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < new_rows_.size(); ++i) {
    const std::shared_ptr<const CatalogItem>& item = items_[new_rows_[i]].item;
    const std::int32_t known = before == nullptr ? -1 : before->FindNew(item->id);
    if (known >= 0 && before->Find(known) == item.get()) {
      const auto vector = before->NewVector(known);
      vectors_.insert(vectors_.end(), vector.begin(), vector.end());
    } else {
      unknown.push_back(item.get());
      places.push_back(i);
      vectors_.resize(vectors_.size() + width_);
    }
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

std::span<const float> CatalogDelta::NewVector(std::int32_t item) const {
  return std::span(vectors_).subspan(static_cast<std::size_t>(item - bundle_items_) * width_, width_);
}

void CatalogDelta::Correct(const filter::Condition& condition, base::BitSet& matching) const {
  if (items_.empty()) return;
  const base::BitSet rows = table_->Matching(condition);
  for (std::size_t row = 0; row < items_.size(); ++row) {
    const std::int32_t item = items_[row].number;
    if (item >= bundle_items_) continue;
    if (rows.Contains(static_cast<std::int64_t>(row))) {
      matching.Insert(item);
    } else {
      matching.Erase(item);
    }
  }
}

base::BitSet CatalogDelta::MatchingNew(const filter::Condition& condition) const {
  base::BitSet matching(new_items());
  if (new_rows_.empty()) return matching;
  const base::BitSet rows = table_->Matching(condition);
  for (std::size_t i = 0; i < new_rows_.size(); ++i) {
    if (rows.Contains(static_cast<std::int64_t>(new_rows_[i]))) matching.Insert(static_cast<std::int64_t>(i));
  }
  return matching;
}

}  // namespace shortlist::serve
