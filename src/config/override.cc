#include "config/override.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <variant>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "shortlist/error.h"

namespace shortlist::config {
namespace {

// A key of a mapping or a place in a list.
using Step = std::variant<std::string, std::size_t>;

[[noreturn]] void Refuse(const Override& override, const std::string& why) {
  throw Error(Code::kInvalidArgument, "cannot set '" + override.field + "' to '" + override.value + "': " + why);
}

// Steps of one part between dots: "pools[0]" has two.
void AppendSteps(const Override& override, std::string_view part, std::vector<Step>& steps) {
  const std::size_t bracket = part.find('[');
  const std::string_view name = part.substr(0, bracket);
  if (name.empty()) Refuse(override, "a name is empty");
  steps.emplace_back(std::string(name));
  if (bracket == std::string_view::npos) return;
  std::size_t place = 0;
  const char* const last = part.data() + part.size() - 1;
  const auto [end, failure] = std::from_chars(part.data() + bracket + 1, last, place);
  if (failure != std::errc{} || end != last || *last != ']') Refuse(override, "expected a place like [0]");
  steps.emplace_back(place);
}

std::vector<Step> StepsTo(const Override& override) {
  std::vector<Step> steps;
  const std::string_view path = override.field;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    AppendSteps(override, path.substr(begin, end - begin), steps);
    begin = end + 1;
  }
  return steps;
}

YAML::Node ParseValue(const Override& override) {
  try {
    return YAML::Load(override.value);
  } catch (const YAML::Exception& failure) {
    Refuse(override, failure.msg);
  }
}

// The node that a step leads to; a mapping gains the key where it has none.
YAML::Node Follow(YAML::Node node, const Step& step, const Override& override) {
  if (const auto* place = std::get_if<std::size_t>(&step)) {
    if (!node.IsSequence() || *place >= node.size()) {
      Refuse(override, "the configuration has no element " + std::to_string(*place) + " there");
    }
    return node[*place];
  }
  const std::string& name = std::get<std::string>(step);
  if (node.IsScalar() || node.IsSequence())
    Refuse(override, "'" + name + "' stands below something else than a mapping");
  return node[name];
}

}  // namespace

std::string WithOverrides(std::string_view text, std::span<const Override> overrides) {
  YAML::Node root = YAML::Load(std::string(text));
  if (root.IsNull()) root = YAML::Node(YAML::NodeType::Map);
  for (const Override& override : overrides) {
    std::vector<YAML::Node> nodes = {root};
    for (const Step& step : StepsTo(override)) nodes.push_back(Follow(nodes.back(), step, override));
    nodes.back() = ParseValue(override);
  }
  YAML::Emitter out;
  out << root;
  return std::string(out.c_str()) + "\n";
}

}  // namespace shortlist::config
