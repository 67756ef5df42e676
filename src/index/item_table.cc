#include "index/item_table.h"

#include <algorithm>

#include "index/column_check.h"
#include "index/require.h"

namespace shortlist::index {

void WriteItems(const ItemRecords& items, const std::filesystem::path& path) {
  const std::size_t count = items.ids.size();
  RequireDistinct(items.ids, "item id");
  RequireInput(items.titles.size() == count, "titles do not match the items");
  RequireInput(items.attributes_json.size() == count, "attributes do not match the items");
  RequireInput(AreRows(items.popular, static_cast<std::int64_t>(count)), "a popular item is unknown");
  base::SafetensorsWriter writer;
  writer.AddStrings("ids", items.ids);
  writer.AddStrings("titles", items.titles);
  writer.AddStrings("attributes", items.attributes_json);
  writer.Add("popular", {static_cast<std::int64_t>(items.popular.size())}, std::span(items.popular));
  writer.Write(path);
}

ItemTable::ItemTable(base::SafetensorsReader file, std::int64_t count)
    : file_(std::move(file)),
      ids_(file_, "ids", count),
      titles_(file_, "titles", count),
      attributes_(file_, "attributes", count),
      popular_(file_.Int32("popular")) {
  RequireStored(AreRows(popular_, count), "a popular item is unknown");
}

ItemTable ItemTable::Open(const std::filesystem::path& path, std::int64_t count) {
  return NamingFile(path, [&] { return ItemTable(base::SafetensorsReader::InMemory(path), count); });
}

}  // namespace shortlist::index
