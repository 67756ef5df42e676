#include "serve/live_catalog.h"

#include <cmath>
#include <utility>

#include "base/log.h"
#include "serve/validation.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

[[noreturn]] void Refuse(const std::string& field, const std::string& reason) {
  throw Error(Code::kInvalidArgument, field + " " + reason);
}

void RequireId(const std::string& id, const std::string& field) {
  if (id.empty()) Refuse(field, "is empty");
  if (id.size() > kMaxIdBytes) Refuse(field, "has more than " + std::to_string(kMaxIdBytes) + " bytes");
}

void RequireItem(const CatalogItem& item, const std::string& field) {
  constexpr std::size_t kMostAttributes = 256;
  RequireId(item.id, field + ".item_id");
  if (item.attributes.size() > kMostAttributes) {
    Refuse(field + ".attributes", "are more than " + std::to_string(kMostAttributes));
  }
  for (const auto& [name, value] : item.attributes) {
    const std::string place = std::string(field).append(".attributes[\"").append(name).append("\"]");
    if (name.empty()) Refuse(place, "has no name");
    if (std::holds_alternative<std::monostate>(value)) Refuse(place, "has no value");
    const auto* const number = std::get_if<double>(&value);
    if (number != nullptr && !std::isfinite(*number)) Refuse(place, "is not a finite number");
  }
}

void RequireCount(std::size_t count, std::int64_t most, const std::string& field) {
  if (count == 0) Refuse(field, "is empty");
  if (count > static_cast<std::size_t>(most)) {
    Refuse(field, "has " + std::to_string(count) + " entries; this server takes at most " + std::to_string(most) +
                      " (serve.catalog.max_batch)");
  }
}

}  // namespace

LiveCatalog::LiveCatalog(LiveCatalogSettings settings) : settings_(std::move(settings)) {
  if (settings_.log.empty()) return;
  log_.emplace(settings_.log);
  changes_ = log_->changes();
  if (changes_.empty()) return;
  log_->Replace(changes_);
  base::LogInfo(std::to_string(changes_.size()) + " changes of the catalog from '" + settings_.log + "'");
}

void LiveCatalog::Attach(const std::shared_ptr<const ServingSnapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  snapshot->Follow(ChangesFor(*snapshot, changes_));
  followers_.push_back(snapshot);
}

CatalogChanges LiveCatalog::ChangesFor(const ServingSnapshot& snapshot, const CatalogChanges& changes) const {
  const std::int64_t merged = log_ ? snapshot.bundle().MergedChanges(log_->name()) : 0;
  CatalogChanges later;
  for (const auto& [id, change] : changes) {
    if (change.number > merged) later.emplace_hint(later.end(), id, change);
  }
  return later;
}

void LiveCatalog::Upsert(std::vector<CatalogItem> items) {
  RequireCount(items.size(), settings_.max_batch, "items");
  std::vector<CatalogChange> changes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    RequireItem(items[i], "items[" + std::to_string(i) + "]");
    std::string id = items[i].id;
    changes.push_back({std::move(id), std::make_shared<const CatalogItem>(std::move(items[i]))});
  }
  Apply(std::move(changes));
}

void LiveCatalog::Withdraw(std::span<const std::string> ids) {
  RequireCount(ids.size(), settings_.max_batch, "item_ids");
  std::vector<CatalogChange> changes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    RequireId(ids[i], "item_ids[" + std::to_string(i) + "]");
    changes.push_back({ids[i], nullptr});
  }
  Apply(std::move(changes));
}

void LiveCatalog::RequirePlaces(const std::vector<CatalogChange>& changes) const {
  const auto snapshot = followers_.empty() ? nullptr : followers_.back().lock();
  if (snapshot == nullptr || snapshot->encodes_new_items()) return;
  for (const CatalogChange& change : changes) {
    if (change.item == nullptr || snapshot->bundle().FindItem(change.id) >= 0) continue;
    throw Error(Code::kFailedPrecondition, "item '" + change.id +
                                               "' is new to the model, which reads no features of items and so has no "
                                               "place for it; add features.item and train again");
  }
}

void LiveCatalog::RequireRoom(const CatalogChanges& next) const {
  const auto snapshot = followers_.empty() ? nullptr : followers_.back().lock();
  const std::size_t count = snapshot == nullptr ? next.size() : ChangesFor(*snapshot, next).size();
  if (count <= static_cast<std::size_t>(settings_.max_items)) return;
  throw Error(Code::kResourceExhausted, "more than " + std::to_string(settings_.max_items) +
                                            " items would differ from the model's (serve.catalog.max_items); merge "
                                            "them into the next version with `shortlist compact`, and publish it");
}

void LiveCatalog::Apply(std::vector<CatalogChange> changes) {
  const std::lock_guard lock(mutex_);
  if (!log_) throw Error(Code::kFailedPrecondition, "this server takes no changes: serve.catalog.log names no file");
  RequirePlaces(changes);
  log_->Number(changes);
  CatalogChanges next = changes_;
  for (const CatalogChange& change : changes) next.insert_or_assign(change.id, change);
  RequireRoom(next);
  log_->Append(changes);
  changes_ = std::move(next);
  for (const auto& follower : followers_) {
    if (const auto snapshot = follower.lock()) snapshot->Follow(ChangesFor(*snapshot, changes_));
  }
}

CatalogCounts LiveCatalog::counts() const {
  const std::lock_guard lock(mutex_);
  CatalogCounts counts{static_cast<std::int64_t>(changes_.size())};
  if (followers_.empty()) return counts;
  if (const auto snapshot = followers_.back().lock()) {
    const auto delta = snapshot->delta();
    counts.changes = static_cast<std::int64_t>(ChangesFor(*snapshot, changes_).size());
    counts.added = delta->new_items();
    counts.changed = delta->changed_items();
    counts.withdrawn = static_cast<std::int64_t>(delta->withdrawn().size());
  }
  return counts;
}

}  // namespace shortlist::serve
