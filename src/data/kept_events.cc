#include "data/kept_events.h"

#include <utility>

#include "data/record_file.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBuffer = 1 << 20;

std::vector<std::uint32_t> WithEvents(const std::vector<std::int64_t>& events) {
  std::vector<std::uint32_t> kept;
  for (std::size_t id = 0; id < events.size(); ++id) {
    if (events[id] > 0) kept.push_back(static_cast<std::uint32_t>(id));
  }
  return kept;
}

std::vector<std::int32_t> Inverse(const std::vector<std::uint32_t>& old_ids, std::size_t size) {
  std::vector<std::int32_t> new_ids(size, KeptEvents::kDropped);
  for (std::size_t id = 0; id < old_ids.size(); ++id) new_ids[old_ids[id]] = static_cast<std::int32_t>(id);
  return new_ids;
}

}  // namespace

KeptEvents::KeptEvents(std::filesystem::path records, const EventSchema& schema, const Core& core,
                       const SplitSettings& split, std::uint64_t seed, bool has_times, HeldBack held)
    : records_(std::move(records)),
      schema_(schema),
      core_(core),
      split_(split),
      seed_(seed),
      has_times_(has_times),
      held_(std::move(held)),
      counts_{core.user_events, core.user_events},
      users_(WithEvents(core.user_events)),
      items_(WithEvents(core.item_events)),
      new_users_(Inverse(users_, core.user_events.size())),
      new_items_(Inverse(items_, core.item_events.size())) {
  if (split.rule == SplitRule::kFiles) CountTrainingEvents();
}

void KeptEvents::CountTrainingEvents() {
  RecordReader reader(records_, schema_.RecordBytes(), kBuffer);
  while (const std::byte* record = reader.Next()) {
    const EventHeader event = HeaderOf(record);
    if (core_.Keeps(event) && event.origin == Origin::kTestFiles) --counts_.training_events[event.user];
  }
}

void KeptEvents::ForEach(const std::function<void(const KeptEvent&)>& visit) const {
  RecordReader reader(records_, schema_.RecordBytes(), kBuffer);
  const auto split = MakeSplit(split_, seed_, counts_);
  std::int64_t user = -1;
  std::int64_t place = 0;
  while (const std::byte* record = reader.Next()) {
    const EventHeader event = HeaderOf(record);
    if (!core_.Keeps(event)) continue;
    place = event.user == user ? place + 1 : 0;
    user = event.user;
    const Part assigned = split->Assign(event);
    const Part part = held_.User(event.user) ? Part::kTest : assigned;
    if (part != Part::kTest && held_.Item(event.item)) continue;
    visit(
        {new_users_[event.user], new_items_[event.item], has_times_ ? event.time : place, event.weight, part, record});
  }
}

}  // namespace shortlist::data
