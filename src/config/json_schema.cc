#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "config/config.h"

namespace shortlist::config {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json SchemaOf(const T& value, Bounds bounds);

class SchemaWriter {
 public:
  template <class T>
  void operator()(const char* name, const T& field, const char* meaning, Bounds bounds = {}) {
    Json schema = SchemaOf(field, bounds);
    schema["description"] = meaning;
    properties_[name] = std::move(schema);
  }

  Json Finish() {
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties_)}};
  }

 private:
  Json properties_ = Json::object();
};

template <base::Group T>
Json GroupSchema(const T& value) {
  T copy = value;
  SchemaWriter writer;
  copy.Visit(writer);
  return writer.Finish();
}

template <base::Number T>
Json NumberSchema(T value, Bounds bounds) {
  return {{"type", std::integral<T> ? "integer" : "number"},
          {"default", value},
          {"minimum", static_cast<T>(bounds.least)},
          {"maximum", static_cast<T>(bounds.most)}};
}

template <base::List T>
Json ListSchema(const T& value, Bounds bounds) {
  using Element = typename T::value_type;
  const Json element = SchemaOf(Element{}, bounds);
  Json list = {{"type", "array"}, {"items", element}};
  if constexpr (base::Group<Element>) return list;
  Json defaults = Json::array();
  for (const Element& item : value) defaults.push_back(SchemaOf(item, bounds)["default"]);
  return {{"anyOf", {std::move(list), element}}, {"default", std::move(defaults)}};
}

template <class T>
Json SchemaOf(const T& value, Bounds bounds) {
  if constexpr (base::Group<T>) {
    return GroupSchema(value);
  } else if constexpr (base::List<T>) {
    return ListSchema(value, bounds);
  } else if constexpr (base::Enumeration<T>) {
    return {{"enum", EnumNames<T>::kNames}, {"default", base::NameOf(value)}};
  } else if constexpr (base::Number<T>) {
    return NumberSchema(value, bounds);
  } else if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}, {"default", value}};
  } else {
    return {{"type", "string"}, {"default", value}};
  }
}

}  // namespace

std::string JsonSchema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Shortlist configuration"}};
  schema.update(GroupSchema(Settings{}));
  return schema.dump(2) + "\n";
}

}  // namespace shortlist::config
