#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catalog_client.h"
#include "commands.h"
#include "report.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

// What the server takes at a time by default.
constexpr std::size_t kItemsPerCall = 1000;

std::string TextOf(const OrderedJson& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

ContextValue ValueOf(const OrderedJson& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_array()) return TextOf(value);
  std::vector<std::string> texts;
  for (const OrderedJson& element : value) texts.push_back(TextOf(element));
  return texts;
}

CatalogItem ItemFrom(const OrderedJson& json) {
  CatalogItem item;
  for (const auto& [name, value] : json.items()) {
    if (name == "id") {
      item.id = TextOf(value);
    } else if (name == "title") {
      item.title = TextOf(value);
    } else if (!value.is_null()) {
      item.attributes.emplace(name, ValueOf(value));
    }
  }
  return item;
}

// One object a line, with "id", and "title" and attributes if it has them.
std::vector<CatalogItem> ReadItems(const std::filesystem::path& file) {
  std::ifstream lines(file);
  std::vector<CatalogItem> items;
  std::string line;
  for (std::int64_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    const OrderedJson json = OrderedJson::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("id")) {
      throw Error(Code::kInvalidArgument,
                  fmt::format("{}:{}: expected a JSON object with an \"id\"", file.string(), number));
    }
    items.push_back(ItemFrom(json));
  }
  if (items.empty()) throw Error(Code::kInvalidArgument, file.string() + " has no items");
  return items;
}

template <class Entry, class Send>
CatalogState SendInParts(const std::vector<Entry>& entries, const Send& send) {
  CatalogState state;
  for (std::size_t first = 0; first < entries.size(); first += kItemsPerCall) {
    const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kItemsPerCall, entries.size() - first);
    state = send(std::vector<Entry>(begin, begin + static_cast<std::ptrdiff_t>(count)));
  }
  return state;
}

CatalogState Ask(const CatalogClient& client, const CatalogCommand& command) {
  if (const auto* upsert = std::get_if<UpsertItems>(&command.change)) {
    return SendInParts(ReadItems(upsert->file), [&](const auto& items) { return client.Upsert(items); });
  }
  if (const auto* withdraw = std::get_if<WithdrawItems>(&command.change)) {
    return SendInParts(withdraw->ids, [&](const auto& ids) { return client.Withdraw(ids); });
  }
  return client.Changes();
}

}  // namespace

void Execute(const CatalogCommand& command) {
  const CatalogClient client(command.address, command.timeout, command.security);
  const CatalogState state = Ask(client, command);
  const OrderedJson json{
      {"changes", state.changes}, {"added", state.added}, {"changed", state.changed}, {"withdrawn", state.withdrawn}};
  WriteResult(command.json, json.dump(2) + "\n");
  std::cout << fmt::format("{} changes hold: {} items added, {} changed, {} withdrawn\n", state.changes, state.added,
                           state.changed, state.withdrawn);
}

}  // namespace shortlist::tools
