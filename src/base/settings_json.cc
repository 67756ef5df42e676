#include "base/settings_json.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json ToJson(const T& value);

class Writer {
 public:
  template <class T>
  void operator()(const char* name, const T& field, const char* /*meaning*/, Bounds /*bounds*/ = {}) {
    object_[name] = ToJson(field);
  }

  Json Finish() { return std::move(object_); }

 private:
  Json object_ = Json::object();
};

template <class T>
Json ToJson(const T& value) {
  if constexpr (Group<T>) {
    T copy = value;
    Writer writer;
    copy.Visit(writer);
    return writer.Finish();
  } else if constexpr (List<T>) {
    Json list = Json::array();
    for (const auto& element : value) list.push_back(ToJson(element));
    return list;
  } else if constexpr (Enumeration<T>) {
    return NameOf(value);
  } else {
    return value;
  }
}

[[noreturn]] void Refuse(const std::string& path, const std::string& what) {
  throw Error(Code::kDataLoss, "settings field '" + path + "' " + what);
}

template <class T>
void FromJson(const Json& json, const std::string& path, Bounds bounds, T& value);

class Reader {
 public:
  Reader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {
    if (!object_.is_object()) Refuse(path_, "is not an object");
  }

  template <class T>
  void operator()(const char* name, T& field, const char* /*meaning*/, Bounds bounds = {}) {
    names_.emplace_back(name);
    const auto found = object_.find(name);
    if (found != object_.end()) FromJson(*found, Below(name), bounds, field);
  }

  void RefuseOthers() const {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(names_.begin(), names_.end(), name) == names_.end()) Refuse(Below(name), "is unknown");
    }
  }

 private:
  std::string Below(const std::string& name) const { return path_.empty() ? name : path_ + "." + name; }

  const Json& object_;
  std::string path_;
  std::vector<std::string> names_;
};

template <Enumeration Enum>
Enum ParseEnum(const Json& json, const std::string& path) {
  const auto& names = EnumNames<Enum>::kNames;
  const auto found = json.is_string() ? std::find(names.begin(), names.end(), json.get<std::string>()) : names.end();
  if (found == names.end()) Refuse(path, "has the unknown value " + json.dump());
  return static_cast<Enum>(found - names.begin());
}

template <Number T>
T ParseNumber(const Json& json, const std::string& path, Bounds bounds) {
  const bool fits = std::integral<T> ? json.is_number_integer() : json.is_number();
  if (!fits) Refuse(path, "is not a number of its type: " + json.dump());
  if (!Within(bounds, json.get<double>())) Refuse(path, "is out of bounds: " + json.dump());
  return json.get<T>();
}

template <class T>
void FromJson(const Json& json, const std::string& path, Bounds bounds, T& value) {
  if constexpr (Group<T>) {
    Reader reader(json, path);
    value.Visit(reader);
    reader.RefuseOthers();
  } else if constexpr (List<T>) {
    if (!json.is_array()) Refuse(path, "is not a list");
    value.clear();
    for (const Json& element : json) {
      typename T::value_type parsed{};
      FromJson(element, path + "[" + std::to_string(value.size()) + "]", bounds, parsed);
      value.push_back(std::move(parsed));
    }
  } else if constexpr (Enumeration<T>) {
    value = ParseEnum<T>(json, path);
  } else if constexpr (Number<T>) {
    value = ParseNumber<T>(json, path, bounds);
  } else {
    try {
      value = json.get<T>();
    } catch (const Json::exception&) {
      Refuse(path, "has another type: " + json.dump());
    }
  }
}

}  // namespace

template <class Group>
std::string SettingsToJson(const Group& settings) {
  return ToJson(settings).dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class Group>
Group SettingsFromJson(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) throw Error(Code::kDataLoss, "settings are not JSON");
  Group settings;
  FromJson(parsed, "", Bounds{}, settings);
  return settings;
}

#define SHORTLIST_INSTANTIATE(Type)                 \
  template std::string SettingsToJson(const Type&); \
  template Type SettingsFromJson<Type>(std::string_view)
SHORTLIST_INSTANTIATE(Settings);
SHORTLIST_INSTANTIATE(DataSettings);
SHORTLIST_INSTANTIATE(FeaturesSettings);
SHORTLIST_INSTANTIATE(ModelSettings);
SHORTLIST_INSTANTIATE(HistorySettings);
SHORTLIST_INSTANTIATE(TrainSettings);
SHORTLIST_INSTANTIATE(TuneSettings);
SHORTLIST_INSTANTIATE(RetrainSettings);
SHORTLIST_INSTANTIATE(EvaluateSettings);
SHORTLIST_INSTANTIATE(IndexSettings);
SHORTLIST_INSTANTIATE(VectorIndexSettings);
SHORTLIST_INSTANTIATE(ServeSettings);
SHORTLIST_INSTANTIATE(VersionSettings);
SHORTLIST_INSTANTIATE(SynthesizeSettings);
#undef SHORTLIST_INSTANTIATE

}  // namespace shortlist::base
