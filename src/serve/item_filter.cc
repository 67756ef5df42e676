#include "serve/item_filter.h"

namespace shortlist::serve {
namespace {

base::BitSet Listed(const index::Bundle& bundle, const std::vector<std::string_view>& ids) {
  base::BitSet items(bundle.item_count());
  for (const std::string_view id : ids) {
    const std::int32_t item = bundle.FindItem(id);
    if (item >= 0) items.Insert(item);
  }
  return items;
}

}  // namespace

std::optional<base::BitSet> AllowedItems(const ServingSnapshot& snapshot, const RequestFilter& filter) {
  std::optional<base::BitSet> allowed;
  if (filter.condition) allowed = snapshot.attributes().Matching(*filter.condition);
  if (filter.only_ids.empty()) return allowed;
  base::BitSet listed = Listed(snapshot.bundle(), filter.only_ids);
  if (allowed) listed.Intersect(*allowed);
  return listed;
}

}  // namespace shortlist::serve
