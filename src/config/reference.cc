#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/settings_kind.h"
#include "config/config.h"

namespace shortlist::config {
namespace {

constexpr std::string_view kIntroduction =
    "# Configuration\n"
    "\n"
    "One YAML file drives every stage. All fields are optional; an unknown field, a wrong type or a value out of "
    "bounds\n"
    "stops a command before it does anything, with file, line and column. A list of one text, number or name may be\n"
    "written without brackets. `shortlist config check FILE` checks a file and `shortlist config schema` prints a "
    "JSON\n"
    "Schema for editors. This page is the output of `shortlist config reference`.\n";

constexpr std::string_view kTableHead =
    "| field | type | default | bounds | meaning |\n"
    "|---|---|---|---|---|\n";

std::string Code(std::string_view text) {
  return text.empty() ? "" : "`" + std::string(text) + "`";
}

// A vertical bar would end the table's cell.
std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

template <class T>
std::string TypeName() {
  if constexpr (base::List<T>) return "list of " + TypeName<typename T::value_type>();
  if constexpr (base::Group<T>) return "section";
  if constexpr (std::same_as<T, bool>) return "true or false";
  if constexpr (std::integral<T>) return "integer";
  if constexpr (std::floating_point<T>) return "number";
  if constexpr (std::same_as<T, std::string>) return "text";
  if constexpr (base::Enumeration<T>) {
    std::string names;
    for (const std::string_view name : EnumNames<T>::kNames) names += (names.empty() ? "" : ", ") + Code(name);
    return names;
  }
}

template <class T>
std::string ValueText(const T& value) {
  if constexpr (base::Enumeration<T>) {
    return std::string(base::NameOf(value));
  } else {
    return fmt::format("{}", value);
  }
}

template <class T>
std::string DefaultText(const T& value) {
  return Code(ValueText(value));
}

template <class T>
std::string DefaultText(const std::vector<T>& values) {
  if constexpr (base::Group<T>) {
    return values.empty() ? "`[]`" : fmt::format("{} with defaults", values.size());
  } else {
    std::string text;
    for (const T& value : values) text += (text.empty() ? "" : ", ") + ValueText(value);
    return Code("[" + text + "]");
  }
}

template <class T>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using Type = T;
};

template <class T>
std::string BoundsText(Bounds bounds) {
  if constexpr (base::Number<typename ElementOf<T>::Type>) {
    using Element = typename ElementOf<T>::Type;
    return fmt::format("{} to {}", static_cast<Element>(bounds.least), static_cast<Element>(bounds.most));
  } else {
    return "";
  }
}

// The table of one section, followed by the sections below it.
class SectionWriter {
 public:
  explicit SectionWriter(std::string path) : path_(std::move(path)) {}

  template <class T>
  void operator()(const char* name, const T& field, const char* meaning, Bounds bounds = {}) {
    using Element = typename ElementOf<T>::Type;
    const std::string below = path_.empty() ? name : path_ + "." + name;
    if constexpr (base::Group<T>) {
      WriteRow(name, "section", "", "", meaning);
      sections_ += Write(below, field, meaning);
    } else {
      WriteRow(name, TypeName<T>(), DefaultText(field), BoundsText<T>(bounds), meaning);
      if constexpr (base::Group<Element>) sections_ += Write(below + "[]", Element{}, meaning);
    }
  }

  template <base::Group T>
  static std::string Write(const std::string& path, const T& value, std::string_view meaning) {
    T copy = value;
    SectionWriter writer(path);
    copy.Visit(writer);
    return fmt::format("\n## {}\n\n{}\n\n{}{}{}", path.empty() ? "Top level" : Code(path), meaning, kTableHead,
                       writer.rows_, writer.sections_);
  }

 private:
  void WriteRow(std::string_view name, std::string_view type, std::string_view value, std::string_view bounds,
                std::string_view meaning) {
    rows_ += fmt::format("| {} | {} | {} | {} | {} |\n", Code(name), type, Escape(value), bounds, Escape(meaning));
  }

  std::string path_;
  std::string rows_;
  std::string sections_;
};

}  // namespace

std::string MarkdownReference() {
  return std::string(kIntroduction) + SectionWriter::Write("", Settings{}, "The project as a whole.");
}

}  // namespace shortlist::config
