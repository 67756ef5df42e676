#include "index/user_table.h"

#include <utility>

#include "index/column_check.h"
#include "index/require.h"

namespace shortlist::index {

void WriteUsers(const UserRecords& users, std::int64_t items, const std::filesystem::path& path) {
  const auto count = static_cast<std::int64_t>(users.ids.size());
  const auto events = static_cast<std::int64_t>(users.history_items.size());
  RequireDistinct(users.ids, "user id");
  RequireInput(users.history_offsets.size() == users.ids.size() + 1 && AreOffsets(users.history_offsets, events),
               "the histories' offsets do not fit the users");
  RequireInput(users.history_times.size() == users.history_items.size(), "the histories' times do not fit their items");
  RequireInput(AreRows(users.history_items, items), "an item of a history is unknown");
  base::SafetensorsWriter writer;
  writer.AddStrings("ids", users.ids);
  writer.Add("history.offsets", {count + 1}, std::span(users.history_offsets));
  writer.Add("history.items", {events}, std::span(users.history_items));
  writer.Add("history.times", {events}, std::span(users.history_times));
  writer.Write(path);
}

UserTable::UserTable(base::SafetensorsReader file, std::int64_t count, std::int64_t items)
    : file_(std::move(file)),
      ids_(file_, "ids", count),
      offsets_(file_.Int64("history.offsets")),
      items_(file_.Int32("history.items")),
      times_(file_.Int64("history.times")) {
  const bool fit = static_cast<std::int64_t>(offsets_.size()) == count + 1 &&
                   AreOffsets(offsets_, static_cast<std::int64_t>(items_.size())) && times_.size() == items_.size();
  RequireStored(fit, "the histories do not fit the users");
  RequireStored(AreRows(items_, items), "an item of a history is unknown");
}

UserTable UserTable::Open(const std::filesystem::path& path, std::int64_t count, std::int64_t items) {
  return NamingFile(path, [&] { return UserTable(base::SafetensorsReader::InMemory(path), count, items); });
}

}  // namespace shortlist::index
