#include "data/dataset_description.h"

#include <nlohmann/json.hpp>

#include "base/sealed_json.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using nlohmann::json;

constexpr char kFormat[] = "shortlist.dataset";
constexpr int kVersion = 2;
constexpr int kOldestVersion = 1;  // which knows nothing of answers
constexpr std::array<const char*, 3> kPartNames = {"train", "validation", "test"};

json CountsToJson(const DatasetDescription::Counts& counts) {
  json filtered = json::array();
  for (const auto& [rule, rows] : counts.filtered) filtered.push_back({{"rule", rule}, {"rows", rows}});
  json parts;
  for (std::size_t p = 0; p < kPartNames.size(); ++p) parts[kPartNames[p]] = counts.part_events[p];
  return {{"read", counts.read},  {"kept", counts.kept},   {"quarantined", counts.quarantined},
          {"filtered", filtered}, {"users", counts.users}, {"items", counts.items},
          {"events", parts}};
}

DatasetDescription::Counts CountsFromJson(const json& from) {
  DatasetDescription::Counts counts;
  counts.read = from.at("read");
  counts.kept = from.at("kept");
  counts.quarantined = from.at("quarantined");
  for (const json& filter : from.at("filtered")) counts.filtered.emplace_back(filter.at("rule"), filter.at("rows"));
  counts.users = from.at("users");
  counts.items = from.at("items");
  for (std::size_t p = 0; p < kPartNames.size(); ++p) counts.part_events[p] = from.at("events").at(kPartNames[p]);
  return counts;
}

json FilesToJson(const std::vector<base::FileEntry>& files) {
  json list = json::array();
  for (const base::FileEntry& file : files) {
    list.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  return list;
}

std::vector<base::FileEntry> FilesFromJson(const json& list) {
  std::vector<base::FileEntry> files;
  for (const json& file : list) files.push_back({file.at("name"), file.at("size"), file.at("sha256")});
  return files;
}

json ToJson(const DatasetDescription& description) {
  json starts;
  for (std::size_t p = 0; p < kPartNames.size(); ++p) starts[kPartNames[p]] = description.part_starts[p];
  return {{"format", kFormat},
          {"version", kVersion},
          {"name", description.name},
          {"seed", description.seed},
          {"counts", CountsToJson(description.counts)},
          {"split", {{"rule", description.split_rule}, {"ties", description.tie_rule}, {"starts", starts}}},
          {"schema",
           {{"times", description.has_times},
            {"event_types", description.event_types},
            {"quantities", description.has_quantities},
            {"prices", description.has_prices},
            {"answers", description.has_answers}}},
          {"vocabularies", {{"users", description.user_digest}, {"items", description.item_digest}}},
          {"features",
           {{"item", json::parse(description.item_graph)}, {"context", json::parse(description.context_graph)}}},
          {"files", FilesToJson(description.files)}};
}

DatasetDescription FromJson(const json& from) {
  DatasetDescription description;
  description.name = from.at("name");
  description.seed = from.at("seed");
  description.counts = CountsFromJson(from.at("counts"));
  description.split_rule = from.at("split").at("rule");
  description.tie_rule = from.at("split").at("ties");
  for (std::size_t p = 0; p < kPartNames.size(); ++p) {
    description.part_starts[p] = from.at("split").at("starts").at(kPartNames[p]);
  }
  description.has_times = from.at("schema").at("times");
  description.event_types = from.at("schema").at("event_types").get<std::vector<std::string>>();
  description.has_quantities = from.at("schema").at("quantities");
  description.has_prices = from.at("schema").at("prices");
  description.has_answers = from.at("schema").value("answers", false);
  description.user_digest = from.at("vocabularies").at("users");
  description.item_digest = from.at("vocabularies").at("items");
  description.item_graph = from.at("features").at("item").dump();
  description.context_graph = from.at("features").at("context").dump();
  description.files = FilesFromJson(from.at("files"));
  return description;
}

[[noreturn]] void ThrowDamaged(const std::filesystem::path& path) {
  throw Error(Code::kDataLoss, "'" + path.string() + "' is damaged; prepare the dataset again");
}

void CheckVersion(const json& description, const std::filesystem::path& path) {
  const auto version = description.find("version");
  if (version == description.end() || description.value("format", "") != kFormat) ThrowDamaged(path);
  if (version->is_number_integer() && *version >= kOldestVersion && *version <= kVersion) return;
  throw Error(Code::kFailedPrecondition, "'" + path.string() + "' has format version " + version->dump() +
                                             ", but this program reads versions up to " + std::to_string(kVersion) +
                                             "; prepare the dataset with this program");
}

}  // namespace

std::string RenderDescription(const DatasetDescription& description) {
  return base::SealJson(ToJson(description).dump(2));
}

DatasetDescription ParseDescription(std::string_view text, const std::filesystem::path& path) {
  const json description = json::parse(text, nullptr, false);
  if (!description.is_object()) ThrowDamaged(path);
  CheckVersion(description, path);
  try {
    return FromJson(description);
  } catch (const json::exception&) {
    ThrowDamaged(path);
  }
}

}  // namespace shortlist::data
