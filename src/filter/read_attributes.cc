#include "filter/read_attributes.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "shortlist/error.h"

namespace shortlist::filter {
namespace {

using Json = nlohmann::json;

[[noreturn]] void RefuseAttributes(std::string_view json) {
  constexpr std::size_t kMostQuoted = 100;
  throw Error(Code::kDataLoss, "not the attributes of an item: " + std::string(json.substr(0, kMostQuoted)));
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

features::Value ValueOf(const Json& value, std::string_view json) {
  if (value.is_null()) return {};
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) RefuseAttributes(json);
  std::vector<std::string> texts;
  for (const Json& element : value) texts.push_back(TextOf(element));
  return texts;
}

}  // namespace

features::Record ReadAttributes(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) RefuseAttributes(json);
  features::Record record;
  for (const auto& [name, value] : object.items()) record.emplace(name, ValueOf(value, json));
  return record;
}

std::string WriteAttributes(const features::Record& attributes) {
  Json json = Json::object();
  for (const auto& [name, value] : attributes) {
    if (const auto* const number = std::get_if<double>(&value)) json[name] = *number;
    if (const auto* const text = std::get_if<std::string>(&value)) json[name] = *text;
    if (const auto* const texts = std::get_if<std::vector<std::string>>(&value)) json[name] = *texts;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace shortlist::filter
