#include "config/yaml_reader.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/settings_kind.h"
#include "config/nearest_name.h"

namespace shortlist::config {
namespace {

using base::Enumeration;
using base::Group;
using base::List;
using base::Number;

Place PlaceOf(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

std::string Kind(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Scalar:
      return "'" + node.Scalar() + "'";
    default:
      return "nothing";
  }
}

// yaml-cpp tags quoted scalars "!".
bool IsQuoted(const YAML::Node& node) {
  return node.Tag() == "!";
}

// Remembers where documents begin and nothing of what they hold.
class DocumentStarts : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { starts_.push_back(PlaceOf(mark)); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}

  const std::vector<Place>& starts() const { return starts_; }

 private:
  std::vector<Place> starts_;
};

// YAML::LoadAll never returns on text that begins with a comma: it finds one empty document after another there.
std::optional<Place> SecondDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts documents;
  while (documents.starts().size() < 2 && parser.HandleNextDocument(documents)) {
  }
  return documents.starts().size() < 2 ? std::nullopt : std::optional(documents.starts()[1]);
}

class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  template <class T>
  void Read(const YAML::Node& node, const std::string& field, Bounds bounds, T& value) {
    if constexpr (Group<T>) {
      ReadGroup(node, field, value);
    } else if constexpr (List<T>) {
      ReadList(node, field, bounds, value);
    } else if (!node.IsScalar()) {
      problems_.Add(field, "expected " + Expected<T>() + ", found " + Kind(node));
    } else {
      ReadScalar(node, field, bounds, value);
    }
  }

 private:
  template <class T>
  static std::string Expected() {
    if constexpr (Group<T>) return "a mapping";
    if constexpr (List<T>) return "a list";
    if constexpr (Enumeration<T>) return "a name";
    if constexpr (std::is_same_v<T, bool>) return "true or false";
    if constexpr (std::is_integral_v<T>) return "a whole number";
    if constexpr (std::is_floating_point_v<T>) return "a number";
    return "text";
  }

  template <class T>
  void ReadGroup(const YAML::Node& node, const std::string& field, T& value) {
    if (node.IsNull()) return;
    if (!node.IsMap()) {
      problems_.Add(field, "expected a mapping, found " + Kind(node));
      return;
    }
    std::map<std::string, YAML::Node> children = Children(node, field);
    std::vector<std::string_view> names;
    auto visit = [&]<class F>(const char* name, F& member, const char* /*meaning*/, Bounds bounds = {}) {
      names.emplace_back(name);
      const auto child = children.find(name);
      if (child == children.end()) return;
      Read(child->second, Below(field, name), bounds, member);
      children.erase(child);
    };
    value.Visit(visit);
    for (const auto& [name, child] : children) {
      problems_.Add(Below(field, name), "unknown field; " + SuggestName(name, names));
    }
  }

  // The values of a mapping by key, with the places of the keys remembered.
  std::map<std::string, YAML::Node> Children(const YAML::Node& node, const std::string& field) {
    std::map<std::string, YAML::Node> children;
    for (const auto& child : node) {
      const Place place = PlaceOf(child.first.Mark());
      if (!child.first.IsScalar()) {
        problems_.AddAt(place, field, "a key must be a name, found " + Kind(child.first));
        continue;
      }
      const std::string& name = child.first.Scalar();
      if (!children.emplace(name, child.second).second) {
        problems_.AddAt(place, Below(field, name), "the key stands here a second time");
        continue;
      }
      problems_.SetPlace(Below(field, name), place);
    }
    return children;
  }

  template <class T>
  void ReadList(const YAML::Node& node, const std::string& field, Bounds bounds, std::vector<T>& value) {
    if (!Group<T> && node.IsScalar()) {
      value.assign(1, T{});
      Read(node, field, bounds, value.front());
      return;
    }
    if (!node.IsSequence()) {
      problems_.Add(field, "expected a list, found " + Kind(node));
      return;
    }
    value.clear();
    for (const YAML::Node& element : node) {
      const std::string name = fmt::format("{}[{}]", field, value.size());
      problems_.SetPlace(name, PlaceOf(element.Mark()));
      Read(element, name, bounds, value.emplace_back());
    }
  }

  static void ReadScalar(const YAML::Node& node, const std::string& /*field*/, Bounds /*bounds*/, std::string& value) {
    value = node.Scalar();
  }

  void ReadScalar(const YAML::Node& node, const std::string& field, Bounds /*bounds*/, bool& value) {
    const bool known = !IsQuoted(node) && (node.Scalar() == "true" || node.Scalar() == "false");
    if (!known) problems_.Add(field, "expected true or false, found " + Kind(node));
    value = node.Scalar() == "true";
  }

  template <Enumeration Enum>
  void ReadScalar(const YAML::Node& node, const std::string& field, Bounds /*bounds*/, Enum& value) {
    const auto& names = EnumNames<Enum>::kNames;
    const auto found = std::find(names.begin(), names.end(), node.Scalar());
    if (found == names.end()) {
      problems_.Add(field, "unknown value " + Kind(node) + "; " + SuggestName(node.Scalar(), names));
      return;
    }
    value = static_cast<Enum>(found - names.begin());
  }

  template <Number T>
  void ReadScalar(const YAML::Node& node, const std::string& field, Bounds bounds, T& value) {
    const std::string& text = node.Scalar();
    T parsed{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    const bool whole = failure == std::errc{} && end == text.data() + text.size() && !IsQuoted(node);
    if (!whole || !std::isfinite(static_cast<double>(parsed))) {
      problems_.Add(field, "expected " + Expected<T>() + ", found " + Kind(node));
    } else if (!base::Within(bounds, static_cast<double>(parsed))) {
      problems_.Add(field, fmt::format("{} is out of bounds; it must lie between {} and {}", text,
                                       static_cast<T>(bounds.least), static_cast<T>(bounds.most)));
    } else {
      value = parsed;
    }
  }

  static std::string Below(const std::string& field, const std::string& name) {
    return field.empty() ? name : field + "." + name;
  }

  Problems& problems_;
};

}  // namespace

Settings ReadYaml(std::string_view text, Problems& problems) {
  Settings settings;
  try {
    const std::string copy(text);
    if (const auto second = SecondDocument(copy)) {
      problems.AddAt(*second, "", "a second document begins here; a configuration has one");
    }
    Reader(problems).Read(YAML::Load(copy), "", Bounds{}, settings);
  } catch (const YAML::Exception& failure) {
    problems.AddAt(PlaceOf(failure.mark), "", "not YAML: " + failure.msg);
  }
  return settings;
}

}  // namespace shortlist::config
